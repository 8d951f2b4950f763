"""Build projects, as they were written and with the defaults that AWS shows."""

import copy
from typing import Any

from moto.codebuild.exceptions import InvalidInputException, ResourceNotFoundException

from ..cloud import ACCOUNT

Project = dict[str, Any]

_projects: dict[str, dict[str, Project]] = {}


def projects_in(region: str) -> dict[str, Project]:
    """By name."""
    return _projects.setdefault(region, {})


def project_arn(region: str, name: str) -> str:
    return f"arn:aws:codebuild:{region}:{ACCOUNT}:project/{name}"


def find_project(region: str, name: str) -> Project:
    project = projects_in(region).get(name.rsplit("/", 1)[-1])
    if project is None:
        raise ResourceNotFoundException(f"Project cannot be found: {project_arn(region, name)}")
    return project


def complete(region: str, params: dict[str, Any]) -> Project:
    project = {key: copy.deepcopy(value) for key, value in params.items() if value is not None}
    if not str(project.get("serviceRole", "")).startswith(f"arn:aws:iam::{ACCOUNT}:role/"):
        raise InvalidInputException(f"Invalid service role: {project.get('serviceRole')}")
    source, environment = project["source"], project["environment"]
    if source["type"] == "NO_SOURCE" and not source.get("buildspec"):
        raise InvalidInputException("Buildspec is required for project source type NO_SOURCE.")
    if source["type"] != "NO_SOURCE" and not source.get("location"):
        raise InvalidInputException("Project source location is required")
    source.setdefault("insecureSsl", False)
    environment.setdefault("environmentVariables", [])
    environment.setdefault("privilegedMode", False)
    environment.setdefault("imagePullCredentialsType", "CODEBUILD")
    badge = {"badgeEnabled": bool(project.pop("badgeEnabled", False))}
    return {
        "timeoutInMinutes": 60,
        "queuedTimeoutInMinutes": 480,
        "encryptionKey": f"arn:aws:kms:{region}:{ACCOUNT}:alias/aws/s3",
        "cache": {"type": "NO_CACHE"},
        "tags": [],
        "projectVisibility": "PRIVATE",
        "secondarySources": [],
        "secondaryArtifacts": [],
        "secondarySourceVersions": [],
        "logsConfig": {
            "cloudWatchLogs": {"status": "ENABLED"},
            "s3Logs": {"status": "DISABLED", "encryptionDisabled": False},
        },
        **project,
        "badge": project.get("badge") or badge,
        "arn": project_arn(region, project["name"]),
    }

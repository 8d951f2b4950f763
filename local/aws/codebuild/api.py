"""The CodeBuild API: projects as they were written, builds that run."""

import copy
import json
import uuid
from typing import Any

import moto.codebuild.urls as moto_urls
from moto.cloudwatch.models import cloudwatch_backends
from moto.codebuild.exceptions import (
    InvalidInputException,
    ResourceAlreadyExistsException,
    ResourceNotFoundException,
)
from moto.codebuild.responses import CodeBuildResponse
from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult, EmptyResult

from ..cloud import ACCOUNT, cloud
from .build import Build

Project = dict[str, Any]


class _State:
    def __init__(self) -> None:
        self.projects: dict[str, Project] = {}
        self.builds: dict[str, Build] = {}
        self.numbers: dict[str, int] = {}


_states: dict[str, _State] = {}


def install() -> None:
    moto_urls.url_paths = {"{0}/$": Api.dispatch}


def stop() -> None:
    for state in _states.values():
        for build in state.builds.values():
            if build.running:
                build.kill()


class TooManyBuilds(JsonRESTError):
    code = 400

    def __init__(self, limit: int, name: str):
        super().__init__("AccountLimitExceededException", f"Cannot have more than {limit} active builds of {name}.")


class Api(CodeBuildResponse):
    def create_project(self) -> ActionResult:
        params = self._body
        name = params["name"]
        if name in self._state.projects:
            raise ResourceAlreadyExistsException(f"Project already exists: {project_arn(self.region, name)}")
        now = cloud().clock.utc()
        project = {**_complete(self.region, params), "created": now, "lastModified": now}
        self._state.projects[name] = project
        return ActionResult({"project": project})

    def update_project(self) -> ActionResult:
        params = self._body
        known = self._project(params["name"])
        given = {key: value for key, value in params.items() if value is not None}
        known.update(_complete(self.region, {**known, **given}), lastModified=cloud().clock.utc())
        if known.get("concurrentBuildLimit") == -1:  # how the limit is taken away
            del known["concurrentBuildLimit"]
        return ActionResult({"project": known})

    def delete_project(self) -> EmptyResult:
        self._state.projects.pop(self._get_param("name"), None)
        return EmptyResult()

    def batch_get_projects(self) -> ActionResult:
        names = [name.rsplit("/", 1)[-1] for name in self._get_param("names")]
        found = [self._state.projects[name] for name in names if name in self._state.projects]
        missing = [name for name in names if name not in self._state.projects]
        return ActionResult({"projects": found, "projectsNotFound": missing})

    def list_projects(self) -> ActionResult:
        return ActionResult({"projects": sorted(self._state.projects)})

    def start_build(self) -> ActionResult:
        record = start_build(self.region, self._body, cloud().principal or "aws")
        return ActionResult({"build": record})

    def stop_build(self) -> ActionResult:
        build = self._state.builds.get(self._get_param("id"))
        if build is None:
            raise ResourceNotFoundException(f"Build {self._get_param('id')} does not exist")
        build.stop()
        return ActionResult({"build": build.record})

    def batch_get_builds(self) -> ActionResult:
        ids = [build_id.rsplit("build/", 1)[-1] for build_id in self._get_param("ids")]
        found = [self._state.builds[build_id].record for build_id in ids if build_id in self._state.builds]
        missing = [build_id for build_id in ids if build_id not in self._state.builds]
        return ActionResult({"builds": found, "buildsNotFound": missing})

    def list_builds_for_project(self) -> ActionResult:
        name = self._project(self._get_param("projectName"))["name"]
        return self._ids([build.id for build in self._state.builds.values() if build.record["projectName"] == name])

    def list_builds(self) -> ActionResult:
        return self._ids(list(self._state.builds))

    def _ids(self, ids: list[str]) -> ActionResult:
        newest_first = self._get_param("sortOrder") != "ASCENDING"
        return ActionResult({"ids": ids[::-1] if newest_first else ids})

    @property
    def _body(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def _state(self) -> _State:
        return _states.setdefault(self.region, _State())

    def _project(self, name: str) -> Project:
        return find_project(self.region, name)


def project_arn(region: str, name: str) -> str:
    return f"arn:aws:codebuild:{region}:{ACCOUNT}:project/{name}"


def find_project(region: str, name: str) -> Project:
    project = _states.setdefault(region, _State()).projects.get(name.rsplit("/", 1)[-1])
    if project is None:
        raise ResourceNotFoundException(f"Project cannot be found: {project_arn(region, name)}")
    return project


def start_build(region: str, params: dict[str, Any], who: str) -> dict[str, Any]:
    """As StartBuild; called under the cloud's lock."""
    project = find_project(region, params["projectName"])
    state, name = _states[region], project["name"]
    limit = project.get("concurrentBuildLimit")
    if limit and sum(b.running and b.record["projectName"] == name for b in state.builds.values()) >= limit:
        raise TooManyBuilds(limit, name)
    number = state.numbers[name] = state.numbers.get(name, 0) + 1
    build_id = f"{name}:{uuid.uuid4()}"
    build = Build(
        _to_record(region, project, params, build_id, number, who),
        region,
        _variables(project["environment"].get("environmentVariables"), params.get("environmentVariablesOverride")),
        lambda ended: _ended(region, ended),
    )
    state.builds[build_id] = build
    _count(region, name, "Builds", 1, "Count")
    cloud().event("build-started", None, project=name, build=build_id, by=who)
    build.start()
    return build.record


def _variables(own: list[dict[str, str]] | None, overrides: list[dict[str, str]] | None) -> list[dict[str, str]]:
    return list({entry["name"]: entry for entry in [*(own or []), *(overrides or [])]}.values())


def _to_record(
    region: str, project: Project, params: dict[str, Any], build_id: str, number: int, who: str
) -> dict[str, Any]:
    name, unique = project["name"], build_id.split(":")[1]
    source = copy.deepcopy(project["source"])
    for key, override in (
        ("type", "sourceTypeOverride"),
        ("location", "sourceLocationOverride"),
        ("buildspec", "buildspecOverride"),
    ):
        if params.get(override):
            source[key] = params[override]
    logs = ((params.get("logsConfigOverride") or project.get("logsConfig") or {}).get("cloudWatchLogs")) or {}
    group = logs.get("groupName") or f"/aws/codebuild/{name}"
    stream = f"{logs['streamName']}/{unique}" if logs.get("streamName") else unique
    environment = copy.deepcopy(project["environment"])
    environment["environmentVariables"] = _variables(
        environment.get("environmentVariables"), params.get("environmentVariablesOverride")
    )
    return {
        "id": build_id,
        "arn": f"arn:aws:codebuild:{region}:{ACCOUNT}:build/{build_id}",
        "buildNumber": number,
        "projectName": name,
        "startTime": cloud().clock.utc(),
        "buildStatus": "IN_PROGRESS",
        "buildComplete": False,
        "currentPhase": "SUBMITTED",
        "phases": [],
        "source": source,
        "sourceVersion": params.get("sourceVersion") or project.get("sourceVersion"),
        "artifacts": {"location": ""},
        "cache": project["cache"],
        "environment": environment,
        "serviceRole": params.get("serviceRoleOverride") or project["serviceRole"],
        "timeoutInMinutes": params.get("timeoutInMinutesOverride") or project["timeoutInMinutes"],
        "queuedTimeoutInMinutes": project["queuedTimeoutInMinutes"],
        "encryptionKey": project["encryptionKey"],
        "initiator": who,
        "logs": {
            "groupName": group,
            "streamName": stream,
            "cloudWatchLogsArn": f"arn:aws:logs:{region}:{ACCOUNT}:log-group:{group}:log-stream:{stream}",
        },
    }


def _ended(region: str, build: Build) -> None:
    name, status = build.record["projectName"], build.record["buildStatus"]
    seconds = (build.record["endTime"] - build.record["startTime"]).total_seconds()
    if status != "STOPPED":
        _count(region, name, "SucceededBuilds" if status == "SUCCEEDED" else "FailedBuilds", 1, "Count")
    _count(region, name, "Duration", seconds, "Seconds")
    cloud().event("build-ended", None, project=name, build=build.id, status=status)


def _count(region: str, project: str, metric: str, value: float, unit: str) -> None:
    stamp = cloud().clock.utc()
    for dimensions in ([], [{"Name": "ProjectName", "Value": project}]):
        data = {"MetricName": metric, "Value": value, "Unit": unit, "Dimensions": dimensions, "Timestamp": stamp}
        cloudwatch_backends[ACCOUNT][region].put_metric_data("AWS/CodeBuild", [data])


def _complete(region: str, params: dict[str, Any]) -> Project:
    """With the defaults that AWS shows."""
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

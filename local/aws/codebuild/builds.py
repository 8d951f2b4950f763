"""Builds of projects: how one starts, how many may run, what is counted of them."""

import copy
import uuid
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.core.exceptions import JsonRESTError

from ..cloud import ACCOUNT, cloud
from .build import Build
from .projects import Project, find_project

_builds: dict[str, dict[str, Build]] = {}


class TooManyBuilds(JsonRESTError):
    code = 400

    def __init__(self, limit: int, name: str):
        super().__init__("AccountLimitExceededException", f"Cannot have more than {limit} active builds of {name}.")


def builds_in(region: str) -> dict[str, Build]:
    """By id, oldest first."""
    return _builds.setdefault(region, {})


def builds_of(region: str, project: str) -> list[Build]:
    return [build for build in builds_in(region).values() if build.record["projectName"] == project]


def stop() -> None:
    for builds in _builds.values():
        for build in builds.values():
            if build.running:
                build.kill()


def start_build(region: str, params: dict[str, Any], who: str) -> dict[str, Any]:
    """As StartBuild; called under the cloud's lock."""
    project = find_project(region, params["projectName"])
    name = project["name"]
    known = builds_of(region, name)
    limit = project.get("concurrentBuildLimit")
    if limit and sum(build.running for build in known) >= limit:
        raise TooManyBuilds(limit, name)
    build_id = f"{name}:{uuid.uuid4()}"
    build = Build(
        _to_record(region, project, params, build_id, len(known) + 1, who),
        region,
        _variables(project["environment"].get("environmentVariables"), params.get("environmentVariablesOverride")),
        lambda ended: _ended(region, ended),
    )
    builds_in(region)[build_id] = build
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

"""Task definitions: families of numbered revisions, of which a name without a number means the latest active one."""

import copy
from typing import Any

from ..cloud import cloud
from .errors import client
from .names import Record, arn, last

# What AWS adds to a container's definition.
CONTAINER = {
    "cpu": 0,
    "portMappings": [],
    "essential": True,
    "environment": [],
    "mountPoints": [],
    "volumesFrom": [],
    "systemControls": [],
}
GIVEN = (
    "taskRoleArn",
    "executionRoleArn",
    "pidMode",
    "ipcMode",
    "proxyConfiguration",
    "runtimePlatform",
    "ephemeralStorage",
    "cpu",
    "memory",
    "enableFaultInjection",
)
# CPU units and the MiB that go with them, as (least, most, step):
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size
PAIRS = {
    256: [512, 1024, 2048],
    512: range(1024, 4096 + 1, 1024),
    1024: range(2048, 8192 + 1, 1024),
    2048: range(4096, 16384 + 1, 1024),
    4096: range(8192, 30720 + 1, 1024),
    8192: range(16384, 61440 + 1, 4096),
    16384: range(32768, 122880 + 1, 8192),
    32768: [61440, 122880, 188416, 249856],
}
LONGEST_FARGATE_STOP = 120

_families: dict[str, dict[str, list[Record]]] = {}


def families_in(region: str) -> dict[str, list[Record]]:
    """Revisions by family, oldest first; deregistered ones among them."""
    return _families.setdefault(region, {})


def find_definition(region: str, name_or_arn: str, missing: str = "Unable to describe task definition.") -> Record:
    family, _, revision = last(name_or_arn).partition(":")
    known = families_in(region).get(family, [])
    for definition in reversed(known):
        if str(definition["revision"]) == revision or (not revision and definition["status"] == "ACTIVE"):
            return definition
    raise client(missing)


def register(region: str, params: dict[str, Any], who: str) -> Record:
    family = params["family"]
    containers = [_container(one, params) for one in params["containerDefinitions"]]
    compatibilities = params.get("requiresCompatibilities") or []
    network = params.get("networkMode") or ("awsvpc" if compatibilities == ["FARGATE"] else "bridge")
    if "FARGATE" in compatibilities:
        _check_fargate(params, containers, network)
    known = families_in(region).setdefault(family, [])
    revision = len(known) + 1
    definition: Record = {
        "taskDefinitionArn": arn(region, "task-definition", f"{family}:{revision}"),
        "family": family,
        "revision": revision,
        "status": "ACTIVE",
        "containerDefinitions": containers,
        "networkMode": network,
        "volumes": params.get("volumes") or [],
        "placementConstraints": params.get("placementConstraints") or [],
        "requiresCompatibilities": compatibilities,
        "compatibilities": ["EC2", *(["FARGATE"] if network == "awsvpc" else [])],
        "requiresAttributes": [{"name": name} for name in sorted(_attributes(params, containers))],
        "registeredAt": cloud().clock.utc(),
        "registeredBy": who,
        "tags": params.get("tags") or [],
        **{name: params[name] for name in GIVEN if params.get(name) is not None},
    }
    known.append(definition)
    return definition


def deregister(region: str, name_or_arn: str) -> Record:
    if ":" not in last(name_or_arn):
        raise client("Revision is missing.")
    definition = find_definition(region, name_or_arn, "Unable to deregister task definition.")
    definition.update(status="INACTIVE", deregisteredAt=cloud().clock.utc())
    return definition


def container_of(definition: Record, name: str) -> Record | None:
    found: list[Record] = [one for one in definition["containerDefinitions"] if one["name"] == name]
    return found[0] if found else None


def _container(given: Record, params: dict[str, Any]) -> Record:
    for name in ("name", "image"):
        if not given.get(name):
            raise client(f"Container.{name} should not be null or empty.")
    if not (given.get("memory") or given.get("memoryReservation") or params.get("memory")):
        raise client(
            f"Invalid setting for container '{given['name']}'. At least one of 'memory' or 'memoryReservation' must be "
            "specified."
        )
    return {**copy.deepcopy(CONTAINER), **given}


def _attributes(params: dict[str, Any], containers: list[Record]) -> set[str]:
    """What an agent has to be able to do: of the many that AWS knows, those that our task definitions need."""
    own, common = "ecs.capability", "com.amazonaws.ecs.capability"
    found = {f"{common}.task-iam-role"} if params.get("taskRoleArn") else set()
    for one in containers:
        driver = (one.get("logConfiguration") or {}).get("logDriver")
        if driver:
            found.add(f"{common}.logging-driver.{driver}")
        if params.get("executionRoleArn"):
            found |= {f"{own}.execution-role-awslogs"} if driver == "awslogs" else set()
            found.add(f"{own}.execution-role-ecr-pull")
    return found


def _check_fargate(params: dict[str, Any], containers: list[Record], network: str) -> None:
    if network != "awsvpc":
        raise client("Fargate only supports network mode ‘awsvpc’.")
    try:
        cpu, memory = int(params["cpu"]), int(params["memory"])
    except (KeyError, TypeError, ValueError):
        raise client("Fargate requires task definition to have cpu and memory, as numbers of units and MiB.") from None
    if memory not in PAIRS.get(cpu, []):
        raise client("No Fargate configuration exists for given values.")
    for one in containers:
        if one.get("privileged"):
            raise client("Fargate compatible task definitions do not support privileged containers.")
        if (one.get("stopTimeout") or 0) > LONGEST_FARGATE_STOP:
            raise client(f"The stopTimeout of container '{one['name']}' exceeds {LONGEST_FARGATE_STOP} seconds.")
        if one.get("logConfiguration") and not params.get("executionRoleArn"):
            raise client("Fargate requires task definition to have execution role ARN to support log driver awslogs.")

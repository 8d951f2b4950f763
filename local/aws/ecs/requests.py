"""What RunTask and StartTask check before anything is started."""

import json
from dataclasses import dataclass
from typing import Any

from moto.iam.models import iam_backends

from ..cloud import ACCOUNT, cloud
from ..trust import trusts_service
from .definitions import container_of, find_definition
from .eni import check_network
from .errors import EcsError, client, invalid
from .names import Record, Tags, last, merge_tags
from .providers import FARGATE

MOST_TASKS, LONGEST_OVERRIDES, LONGEST_STARTED_BY, LONGEST_TOKEN = 10, 8192, 128, 64
SERVICE = "ecs-tasks.amazonaws.com"
UNSUPPORTED = ("placementConstraints", "volumeConfigurations")


@dataclass(frozen=True)
class Request:
    definition: Record
    count: int
    # FARGATE or EC2.
    launch_type: str
    # By weight and base for each task; None: a launch type was asked for.
    providers: list[str] | None
    network: Record | None
    overrides: Record
    tags: Tags
    # Fields of the record of each task.
    fields: Record


def read_request(region: str, cluster: Record, params: dict[str, Any]) -> Request:
    given = [name for name in UNSUPPORTED if params.get(name)]
    if given or params.get("enableExecuteCommand"):
        raise NotImplementedError(f"The local AWS runs no tasks with {', '.join(given) or 'enableExecuteCommand'}.")
    count = params.get("count", 1)
    if not 1 <= count <= MOST_TASKS:
        raise invalid(f"count must be between 1 and {MOST_TASKS}.")
    if len(params.get("startedBy") or "") > LONGEST_STARTED_BY:
        raise invalid(f"startedBy can have at most {LONGEST_STARTED_BY} characters.")
    if len(params.get("clientToken") or "") > LONGEST_TOKEN:
        raise invalid(f"clientToken can have at most {LONGEST_TOKEN} characters.")
    definition = find_definition(region, params["taskDefinition"], "TaskDefinition not found.")
    if definition["status"] != "ACTIVE":
        raise invalid("TaskDefinition is inactive")
    launch_type, providers = _launch(cluster, params, count)
    if launch_type == "FARGATE" and "FARGATE" not in definition["compatibilities"]:
        raise invalid("Task definition does not support launch_type FARGATE.")
    fields: Record = {"launchType": launch_type, "enableExecuteCommand": False}
    if launch_type == "FARGATE":
        fields.update(platformVersion="1.4.0", platformFamily="Linux", **_storage(definition))
    for name in ("startedBy", "group"):
        if params.get(name):
            fields[name] = params[name]
    tags = params.get("tags") or []
    if params.get("propagateTags") == "TASK_DEFINITION":
        tags = merge_tags(definition["tags"], tags)
    overrides = _overrides(definition, params.get("overrides") or {})
    for kind in ("taskRoleArn", "executionRoleArn"):
        _check_role(overrides.get(kind) or definition.get(kind))
    network = _network(region, definition, params.get("networkConfiguration"))
    return Request(definition, count, launch_type, providers, network, overrides, tags, fields)


def _launch(cluster: Record, params: dict[str, Any], count: int) -> tuple[str, list[str] | None]:
    strategy, launch_type = params.get("capacityProviderStrategy"), params.get("launchType")
    if strategy and launch_type:
        raise invalid(
            "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again."
        )
    strategy = strategy or ([] if launch_type else cluster["defaultCapacityProviderStrategy"])
    if not strategy:
        if launch_type not in (None, "EC2", "FARGATE"):
            raise invalid(f"The local AWS has no launch type {launch_type}.")
        return launch_type or "EC2", None
    names = [last(item["capacityProvider"]) for item in strategy]
    if set(names) - set(cluster["capacityProviders"]):
        raise invalid(
            "The specified capacity provider strategy cannot contain a capacity provider that is not associated with "
            "the cluster. Associate the capacity provider with the cluster and try again."
        )
    fargate = [name in FARGATE for name in names]
    if any(fargate) and not all(fargate):
        raise invalid(
            "A capacity provider strategy cannot contain a mix of capacity providers using Auto Scaling groups and "
            "Fargate providers. Specify one or the other and try again."
        )
    return "FARGATE" if fargate[0] else "EC2", _spread(names, strategy, count)


def _spread(names: list[str], strategy: list[Record], count: int) -> list[str]:
    """As many as its base to each, then by weight."""
    bases = {name: item.get("base") or 0 for name, item in zip(names, strategy, strict=True)}
    weights = {name: item.get("weight") or 0 for name, item in zip(names, strategy, strict=True)}
    if not any(weights.values()) and sum(bases.values()) < count:
        raise invalid("The specified capacity provider strategy has no capacity provider with a weight above 0.")
    chosen = [name for name in names for _ in range(bases[name])][:count]
    while len(chosen) < count:
        shares = {name: (chosen.count(name) - bases[name] + 1) / weight for name, weight in weights.items() if weight}
        chosen.append(min(shares, key=lambda name: shares[name]))
    return chosen


def _network(region: str, definition: Record, given: Record | None) -> Record | None:
    if definition["networkMode"] != "awsvpc":
        if given:
            raise invalid("Network Configuration is not valid for the given networkMode of this task definition.")
        return None
    if not given or not given.get("awsvpcConfiguration"):
        raise invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
    network: Record = given["awsvpcConfiguration"]
    check_network(region, network)
    return network


def _overrides(definition: Record, overrides: Record) -> Record:
    if len(json.dumps(overrides, separators=(",", ":"))) > LONGEST_OVERRIDES:
        raise invalid(f"Container Overrides length must be at most {LONGEST_OVERRIDES}")
    containers = overrides.get("containerOverrides") or []
    for one in containers:
        if container_of(definition, one.get("name", "")) is None:
            raise invalid(f"Override for container named {one.get('name')} is not a container in the TaskDefinition.")
    named = {one["name"] for one in containers}
    others = [{"name": one["name"]} for one in definition["containerDefinitions"] if one["name"] not in named]
    return {"inferenceAcceleratorOverrides": [], **overrides, "containerOverrides": [*containers, *others]}


def _check_role(role_arn: str | None) -> None:
    iam: Any = iam_backends[ACCOUNT]["aws"]
    role = next((role for role in iam.roles.values() if role.arn == role_arn), None)
    if role_arn and (role is None or not trusts_service(role.assume_role_policy_document, SERVICE)):
        raise client(
            f"ECS was unable to assume the role '{role_arn}' that was provided for this task. Please verify that the "
            "role being passed has the proper trust relationship and permissions and that your IAM user has permissions "
            "to pass this role."
        )


def _storage(definition: Record) -> Record:
    size = (definition.get("ephemeralStorage") or {}).get("sizeInGiB", 20)
    return {"ephemeralStorage": {"sizeInGiB": size}, "fargateEphemeralStorage": {"sizeInGiB": size}}


# By region, cluster and client token: the request, the tasks that it started, and until when it is known.
_tokens: dict[tuple[str, str, str], tuple[str, list[str], float]] = {}
# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html
TOKEN_SECONDS = 86_400


class Conflict(EcsError):
    def __init__(self, arns: list[str]):
        super().__init__("ConflictException", "The provided clientToken is already in use with a different request.")
        self.resourceIds = arns


def recall(region: str, cluster: Record, params: dict[str, Any]) -> list[str] | None:
    """ARNs of the tasks that the same request started before."""
    token = params.get("clientToken")
    known = _tokens.get((region, cluster["clusterName"], token)) if token else None
    if known is None or known[2] < cloud().clock.now():
        return None
    if known[0] != _fingerprint(params):
        raise Conflict(known[1])
    return known[1]


def remember(region: str, cluster: Record, params: dict[str, Any], arns: list[str]) -> None:
    """Of a request that started something: one that only failed may be sent again."""
    if params.get("clientToken") and arns:
        until = cloud().clock.now() + TOKEN_SECONDS
        _tokens[(region, cluster["clusterName"], params["clientToken"])] = (_fingerprint(params), arns, until)


def _fingerprint(params: dict[str, Any]) -> str:
    return json.dumps({name: value for name, value in params.items() if name != "cluster"}, sort_keys=True)

"""Capacity providers: Fargate's two, which are there, and those of Auto Scaling groups.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/asg-capacity-providers.html
"""

from typing import Any

from moto.autoscaling.models import autoscaling_backends

from ..autoscaling.backend import Backend
from ..autoscaling.group import Group
from ..cloud import ACCOUNT
from .errors import client, invalid
from .names import Record, arn, last

FARGATE = ("FARGATE", "FARGATE_SPOT")
# By which Auto Scaling knows that ECS sets the size of a group.
MANAGED_TAG = "AmazonECSManaged"
SCALING = {
    "status": "DISABLED",
    "targetCapacity": 100,
    "minimumScalingStepSize": 1,
    "maximumScalingStepSize": 10_000,
    "instanceWarmupPeriod": 300,
}

_providers: dict[str, dict[str, Record]] = {}


def providers_in(region: str) -> dict[str, Record]:
    """By name, without Fargate's."""
    return _providers.setdefault(region, {})


def find_provider(region: str, name_or_arn: str) -> Record | None:
    name = last(name_or_arn)
    if name in FARGATE:
        return {"capacityProviderArn": arn(region, "capacity-provider", name), "name": name, "status": "ACTIVE"}
    return providers_in(region).get(name)


def must_find(region: str, name_or_arn: str) -> Record:
    provider = find_provider(region, name_or_arn)
    if provider is None:
        raise client("The specified capacity provider does not exist. Specify a valid name or ARN and try again.")
    return provider


def create_provider(region: str, params: dict[str, Any]) -> Record:
    name, details = params["name"], params.get("autoScalingGroupProvider") or {}
    if name.lower().startswith(("aws", "ecs", "fargate")):
        raise client(f"The capacity provider name {name} is invalid: it cannot begin with aws, ecs, or fargate.")
    if name in providers_in(region):
        raise client(
            "The specified capacity provider already exists. To change the configuration of an existing capacity "
            "provider, update the capacity provider."
        )
    group = find_group(region, details["autoScalingGroupArn"])
    if any(find_group_of(region, other) is group for other in providers_in(region).values()):
        raise client(
            "The specified Auto Scaling group ARN is already being used by another capacity provider. Specify a "
            "unique Auto Scaling group ARN and try again."
        )
    provider: Record = {
        "capacityProviderArn": arn(region, "capacity-provider", name),
        "name": name,
        "status": "ACTIVE",
        "autoScalingGroupProvider": _complete({"autoScalingGroupArn": group.arn}, details),
        "tags": params.get("tags") or [],
    }
    _check(group, provider)
    if not any(tag["Key"] == MANAGED_TAG for tag in group.tags):
        group.tags.append(
            {
                "Key": MANAGED_TAG,
                "Value": "",
                "PropagateAtLaunch": "true",
                "ResourceId": group.name,
                "ResourceType": "auto-scaling-group",
            }
        )
    providers_in(region)[name] = provider
    return provider


def update_provider(region: str, params: dict[str, Any]) -> Record:
    provider = must_find(region, params["name"])
    details = params.get("autoScalingGroupProvider") or {}
    changed = {
        **provider,
        "autoScalingGroupProvider": _complete(provider["autoScalingGroupProvider"], details),
        "updateStatus": "UPDATE_COMPLETE",
    }
    _check(find_group_of(region, provider), changed)
    provider.update(changed)
    return provider


def delete_provider(region: str, name_or_arn: str, used: list[str]) -> Record:
    """`used`: what the clusters have."""
    provider = must_find(region, name_or_arn)
    if provider["name"] in used:
        raise client(
            "The specified capacity provider is in use and cannot be removed. Remove the capacity provider from the "
            "cluster and try again."
        )
    providers_in(region).pop(provider["name"], None)
    return {**provider, "status": "INACTIVE", "updateStatus": "DELETE_COMPLETE"}


def find_group(region: str, group_arn: str) -> Group:
    backend = autoscaling_backends[ACCOUNT][region]
    assert isinstance(backend, Backend)
    # A group may be named by its ARN or, as Terraform's resource takes either, by its name.
    found = [group for group in backend.groups() if group_arn in (group.arn, group.name)]
    if not found:
        raise client(
            f"The specified Auto Scaling group ARN {group_arn} is not valid. Specify a valid ARN and try again."
        )
    return found[0]


def find_group_of(region: str, provider: Record) -> Group | None:
    """None: Fargate has none; or the group was deleted."""
    details = provider.get("autoScalingGroupProvider")
    try:
        return find_group(region, details["autoScalingGroupArn"]) if details else None
    except Exception:  # of the API, which says it to a caller
        return None


def _complete(known: Record, more: Record) -> Record:
    scaling = {**SCALING, **(known.get("managedScaling") or {}), **(more.get("managedScaling") or {})}
    defaults = {"managedTerminationProtection": "DISABLED", "managedDraining": "DISABLED"}
    given = {name: value for name, value in more.items() if name != "autoScalingGroupArn"}
    return {**defaults, **known, **given, "managedScaling": scaling}


def _check(group: Group | None, provider: Record) -> None:
    details = provider["autoScalingGroupProvider"]
    if details["managedDraining"] == "ENABLED":
        raise NotImplementedError(
            "The local AWS drains no container instances by itself: set managedDraining DISABLED."
        )
    if details["managedTerminationProtection"] != "ENABLED":
        return
    if details["managedScaling"]["status"] != "ENABLED":
        raise invalid(
            "The managed termination protection setting for the capacity provider is invalid. To enable managed "
            "termination protection for a capacity provider, managed scaling must be enabled."
        )
    if group is None or not group.new_instances_protected_from_scale_in:
        raise invalid(
            "The managed termination protection setting for the capacity provider is invalid. To enable managed "
            "termination protection for a capacity provider, the Auto Scaling group must have instance protection "
            "from scale in enabled."
        )

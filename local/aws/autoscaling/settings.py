"""What CreateAutoScalingGroup and UpdateAutoScalingGroup check and remember."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.autoscaling.exceptions import ValidationError
from moto.core.utils import camelcase_to_underscores

from ..cloud import cloud
from .lifetimes import check_lifetime

if TYPE_CHECKING:
    from .group import Group

# Members that are only remembered.
REMEMBERED = [
    "DefaultCooldown",
    "HealthCheckType",
    "HealthCheckGracePeriod",
    "PlacementGroup",
    "TerminationPolicies",
    "NewInstancesProtectedFromScaleIn",
    "MaxInstanceLifetime",
    "CapacityRebalance",
    "Context",
    "DesiredCapacityType",
    "DefaultInstanceWarmup",
    "InstanceMaintenancePolicy",
    "AvailabilityZoneDistribution",
    "AvailabilityZoneImpairmentPolicy",
    "CapacityReservationSpecification",
    "SkipZonalShiftValidation",
    "InstanceLifecyclePolicy",
]


def check_sizes(low: int | None, high: int | None, desired: int | None) -> None:
    low, high = low or 0, high or 0
    if low > high:
        raise ValidationError(f"Max bound, {high}, must be greater than or equal to min bound, {low}")
    if desired is not None and not low <= desired <= high:
        raise ValidationError(
            f"Desired capacity:{desired} must be between the specified min size:{low} and max size:{high}"
        )


def remember(group: Group, params: dict[str, Any]) -> None:
    check_lifetime(params.get("MaxInstanceLifetime"))
    for name in REMEMBERED:
        if params.get(name) is not None:
            setattr(group, camelcase_to_underscores(name), params[name])


def set_launching(group: Group, params: dict[str, Any]) -> None:
    """From now on; a mixed-instances policy keeps the parts that are not given."""
    policy, template = params.get("MixedInstancesPolicy"), params.get("LaunchTemplate")
    if policy:
        policy = _merge_policy(group.mixed_instances_policy or {}, policy)
    if policy or template:
        group.mixed_instances_policy = policy
        group._set_launch_configuration("", template or {}, policy)


def _merge_policy(present: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    template = {**(present.get("LaunchTemplate") or {}), **(given.get("LaunchTemplate") or {})}
    named = dict(template.get("LaunchTemplateSpecification") or {})
    if not named:
        raise ValidationError("A mixed instances policy needs a launch template.")
    if named.get("LaunchTemplateId") and "LaunchTemplateSpecification" not in (given.get("LaunchTemplate") or {}):
        # Kept with both names; a request has one.
        named.pop("LaunchTemplateName", None)
    template["LaunchTemplateSpecification"] = named
    distribution = present.get("InstancesDistribution") or {}
    if given.get("InstancesDistribution"):
        kept = distribution if cloud().options.distribution_update_merges else {}
        distribution = {**kept, **given["InstancesDistribution"]}
    return {"LaunchTemplate": template, "InstancesDistribution": distribution}

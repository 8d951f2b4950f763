"""What an instance refresh was asked to mind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.autoscaling.exceptions import ValidationError

from .member import Member

if TYPE_CHECKING:
    from .group import Group

DEFAULTS = {"MinHealthyPercentage": 90, "ScaleInProtectedInstances": "Wait", "StandbyInstances": "Wait"}
CHOICES = {
    "ScaleInProtectedInstances": ("Refresh", "Ignore", "Wait"),
    "StandbyInstances": ("Terminate", "Ignore", "Wait"),
}
UNKNOWN_HERE = ("CheckpointPercentages", "CheckpointDelay", "AlarmSpecification", "AutoRollback", "BakeTime")


def check_preferences(given: dict[str, Any]) -> dict[str, Any]:
    wanted = {**DEFAULTS, **{name: value for name, value in given.items() if value is not None}}
    for name, choices in CHOICES.items():
        if wanted[name] not in choices:
            raise ValidationError(f"{name} must be one of {', '.join(choices)}, not {wanted[name]}.")
    least, most = int(wanted["MinHealthyPercentage"]), wanted.get("MaxHealthyPercentage")
    if not 0 <= least <= 100:
        raise ValidationError(f"MinHealthyPercentage must be between 0 and 100, not {least}.")
    if most is not None and (not 100 <= int(most) <= 200 or int(most) - least > 100):
        raise ValidationError(
            f"MaxHealthyPercentage must be between 100 and 200, and at most 100 above the minimum, not {most}."
        )
    asked = [name for name in UNKNOWN_HERE if wanted.get(name)]
    if asked:
        raise NotImplementedError(f"The local AWS knows no {', '.join(asked)} of instance refreshes.")
    return wanted


def matches(group: Group, member: Member) -> bool:
    """Whether it is what the group would launch now."""
    template = group.ec2_launch_template
    if template is None:
        return False
    version = template.get_version(group.launch_template_version)
    overrides = ((group.mixed_instances_policy or {}).get("LaunchTemplate") or {}).get("Overrides") or []
    types = [override["InstanceType"] for override in overrides if override.get("InstanceType")]
    return member.template_age == (template.id, int(version.number)) and member.instance_type in (
        types or [version.instance_type]
    )

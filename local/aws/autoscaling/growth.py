"""New instances of a group, and the pause after one that could not be launched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..cloud import cloud
from .capacity import LaunchFailed, to_status_message
from .hooks import LAUNCHING
from .launching import launch_instance, spot_is_next
from .member import Member

if TYPE_CHECKING:
    from .group import Group

DIFFERENCE = "an instance was started in response to a difference between desired and actual capacity."
POOL_DIFFERENCE = (
    "an instance was started in response to a difference between the desired and actual prepared capacity."
)


def launch(group: Group, pool_state: str | None = None) -> Member | None:
    """For the group or, with a state, for its warm pool."""
    return _launch(group, DIFFERENCE if pool_state is None else POOL_DIFFERENCE, pool_state=pool_state)


def launch_extra(group: Group, cause: str, only_zone: str | None = None) -> Member | None:
    """One more than desired, before another one goes."""
    return _launch(group, cause, only_zone=only_zone, extra=True)


def _launch(
    group: Group, cause: str, *, pool_state: str | None = None, only_zone: str | None = None, extra: bool = False
) -> Member | None:
    activity = group.activity(f"Launching a new EC2 instance{' into warm pool' if pool_state else ''}", cause)
    present = [member for member in group.members if not member.terminates]
    spot = sum(member.instance.lifecycle == "spot" for member in present)
    as_spot = spot_is_next(group.mixed_instances_policy, len(present) - spot, spot)
    try:
        zones = [member.availability_zone for member in present]
        instance, template = launch_instance(group, zones, as_spot, only_zone)
    except LaunchFailed as error:
        message = to_status_message(error, group.mixed_instances_policy is not None, as_spot)
        activity.description += f".  Status Reason: {message}"
        activity.finish("Failed", message)
        cloud().event("launch-failed", group.name, code=error.code, message=str(error))
        pause_launching(group)
        return None
    activity.description += f": {instance.id}"
    member = Member(group.name, instance, template, activity, pool_state)
    member.extra = extra
    group.members.append(member)
    cloud().event("pool-launching" if pool_state else "launching", group.name, instance.id)
    group.enter(member, LAUNCHING)
    return member


def pause_launching(group: Group) -> None:
    options, clock = cloud().options, cloud().clock
    pause = min(options.launch_retry_max_seconds, options.launch_retry_seconds * 2**group.failures)
    group.failures += 1
    group.retry_at = clock.now() + pause
    clock.at(group.retry_at, group.reconcile)

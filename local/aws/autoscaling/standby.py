"""Standby, and detaching: instances that stop being capacity, and go on running.

https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-enter-exit-standby.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from moto.autoscaling.exceptions import ValidationError

from ..cloud import cloud
from .activities import Activity
from .health import check_health
from .member import Member

if TYPE_CHECKING:
    from .group import Group

AT_ONCE = 20


class Move(NamedTuple):
    event: str
    state: str
    description: str
    what: str
    progress: int


ENTER = Move("entering-standby", "EnteringStandby", "Moving EC2 instance to Standby", "was moved to standby", 50)
EXIT = Move("exiting-standby", "Pending", "Moving EC2 instance out of Standby", "was moved out of standby", 30)
DETACH = Move("detaching", "Detaching", "Detaching EC2 instance", "was detached", 50)


def enter_standby(group: Group, instance_ids: list[str], decrement: bool, by: str) -> list[Activity]:
    members = _find(group, instance_ids, ("InService",), "InService")
    change = _decrement(group, len(members) if decrement else 0, "place into standby", by)

    def arrive(member: Member, activity: Activity) -> None:
        if member.lifecycle_state == "EnteringStandby":
            member.lifecycle_state = "Standby"
            activity.finish("Successful")
            cloud().event("standby", group.name, member.instance_id)

    activities = [_begin(group, member, ENTER, change, arrive) for member in members]
    group.reconcile()
    return activities


def exit_standby(group: Group, instance_ids: list[str], by: str) -> list[Activity]:
    """Without the launching hooks, which are for instances that are launched; protected or not, as it was before."""
    members = _find(group, instance_ids, ("Standby",), "Standby")
    before, after = group.desired_capacity, group.desired_capacity + len(members)
    if after > (group.max_size or 0):
        raise ValidationError(_sizes(group, "take out of standby", len(members)))
    group.resize(after, by)
    change = f", increasing the capacity from {before} to {after}"

    def arrive(member: Member, activity: Activity) -> None:
        if member.lifecycle_state == "Pending":
            activity.finish("Successful")
            group.put_in_service(member)
            check_health(group, member)

    activities = [_begin(group, member, EXIT, change, arrive) for member in members]
    for activity in activities:
        activity.status_code = "PreInService"
    group.reconcile()
    return activities


def detach(group: Group, instance_ids: list[str], decrement: bool, by: str) -> list[Activity]:
    """No terminating hook holds them, and nothing ends them."""
    members = _find(group, instance_ids, ("InService", "Standby"), "InService or Standby")
    counted = sum(member.counts for member in members)
    change = _decrement(group, counted if decrement else 0, "detach", by)

    def leave(member: Member, activity: Activity) -> None:
        if member in group.members and member.lifecycle_state == "Detaching":
            group.members.remove(member)
            group.autoscaling_backend.detached.add(member.instance_id)  # type: ignore[attr-defined]
            group.ec2_backend.delete_tag_keys([member.instance_id], ["aws:autoscaling:groupName"])
            activity.finish("Successful")
            cloud().event("detached", group.name, member.instance_id)

    activities = [_begin(group, member, DETACH, change, leave) for member in members]
    group.reconcile()
    return activities


def _begin(
    group: Group, member: Member, move: Move, change: str, arrive: Callable[[Member, Activity], None]
) -> Activity:
    activity = group.activity(
        f"{move.description}: {member.instance_id}",
        f"instance {member.instance_id} {move.what} in response to a user request{change}.",
    )
    activity.progress = move.progress
    member.lifecycle_state = move.state
    cloud().event(move.event, group.name, member.instance_id)
    cloud().clock.after(cloud().options.standby_seconds, lambda: arrive(member, activity))
    return activity


def _find(group: Group, instance_ids: list[str], states: tuple[str, ...], words: str) -> list[Member]:
    if len(instance_ids) > AT_ONCE:
        raise ValidationError(f"At most {AT_ONCE} instances at once, not {len(instance_ids)}.")
    members = [group.member(instance_id) for instance_id in instance_ids]
    for member in members:
        if member.lifecycle_state not in states:
            raise ValidationError(f"The instance {member.instance_id} is not in {words}.")
    return members


def _decrement(group: Group, count: int, what: str, by: str) -> str:
    """What the activities say of it."""
    before = group.desired_capacity
    if not count:
        return ""
    if before - count < (group.min_size or 0):
        raise ValidationError(_sizes(group, what, count))
    group.resize(before - count, by)
    return f", shrinking the capacity from {before} to {before - count}"


def _sizes(group: Group, what: str, count: int) -> str:
    return (
        f"AutoScalingGroup {group.name} has min-size={group.min_size}, max-size={group.max_size}, and "
        f"desired-size={group.desired_capacity}. To {what} {count} instance{'s' if count > 1 else ''}, please update "
        "the AutoScalingGroup sizes appropriately."
    )

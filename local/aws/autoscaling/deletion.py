"""The end of a group, and of instances that need not wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.autoscaling.exceptions import AutoscalingClientError

from ..cloud import cloud
from .member import Member

if TYPE_CHECKING:
    from .group import Group


def delete_group(group: Group, force: bool) -> None:
    if group.members and not force:
        raise AutoscalingClientError(
            "ResourceInUse",
            "You cannot delete an AutoScalingGroup while there are instances or pending Spot instance "
            "request(s) still in the group.",
        )
    group.status = "Delete in progress"
    group.resize(0, "delete")
    release(group, list(group.members))
    end_group(group)


def end_group(group: Group) -> None:
    """A group that is deleted goes with its last instance."""
    if group.status is not None and not group.members:
        if group.autoscaling_backend.autoscaling_groups.pop(group.name, None) is not None:
            cloud().event("group-deleted", group.name)


def release(group: Group, members: list[Member]) -> None:
    """Ends them now, whatever they wait for."""
    hooks, group.hooks = group.hooks, {}
    for member in members:
        if not member.terminates:
            group.terminate(member, "an instance was taken out of service: its group or pool is deleted.")
        elif member.waits:
            member.drop_waits()
            group.proceed(member)
    group.hooks = hooks

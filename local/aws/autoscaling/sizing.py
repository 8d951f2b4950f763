"""As many instances as desired: launches what is missing, terminates what is too much."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..cloud import cloud
from . import growth, lifetimes, pooling, rebalancing
from .victims import choose_victim

if TYPE_CHECKING:
    from .group import Group

ALL_PROTECTED = "Could not scale to desired capacity because all remaining instances are protected from scale-in."


def keep_size(group: Group) -> None:
    while group.may_terminate() and group.surplus > group.extras:
        if not _shrink(group):
            break
    while group.surplus < 0:
        if not group.may_launch() or not _grow(group):
            break
    rebalancing.settle(group)
    if group.refresh is not None:
        group.refresh.proceed()
    pooling.keep_pool(group)
    rebalancing.watch(group)
    lifetimes.watch(group)


def _shrink(group: Group) -> bool:
    template = group.ec2_launch_template
    victim = choose_victim(
        [member for member in group.members if member.counts],
        template.id if template else "",
        cloud().clock.utc(),
    )
    if victim is not None:
        group.terminate(
            victim,
            "an instance was taken out of service in response to a difference between desired and actual capacity.",
        )
        return True
    if not any(activity.status_message == ALL_PROTECTED for activity in group.activities.of(group.name, [])[:1]):
        told = group.activity("Terminating EC2 instance", "an instance was to be taken out of service")
        told.finish("Cancelled", ALL_PROTECTED)
    return False


def _grow(group: Group) -> bool:
    ready = next((member for member in group.pooled if member.ready), None)
    return growth.launch(group) is not None if ready is None else pooling.take_from_pool(group, ready)

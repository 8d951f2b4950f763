"""AZRebalance: launches in the zone with fewest instances first, then terminates in the one with most."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from moto.autoscaling.exceptions import ValidationError

from ..cloud import cloud
from . import growth
from .activities import stamp
from .capacity import lacks_all
from .member import Member
from .victims import choose_victim

if TYPE_CHECKING:
    from .group import Group


def watch(group: Group) -> None:
    """AWS waits a while before it evens out what became uneven."""
    if group.suspends("AZRebalance") or group.surplus != 0 or not _uneven(group):
        group.unbalanced_since = None
        return
    now, pause = cloud().clock.now(), cloud().options.rebalance_seconds
    if group.unbalanced_since is None:
        group.unbalanced_since = now
    elif now >= group.unbalanced_since + pause:
        group.unbalanced_since = now
        _move(group, _largest(_count(group)))
    group.wake("rebalance", group.unbalanced_since + pause)


def rebalance(group: Group, from_zone: str | None = None) -> Member:
    """At once, whatever is suspended and however even the zones are: the new instance.

    Without `from_zone` the one with most instances loses one, of those that have one to lose.
    """
    zones = _count(group)
    free = [zone for zone in zones if _victim(group, zone) is not None]
    if not free or from_zone not in (None, *free):
        raise ValidationError(
            f"No instance of {group.name} in {from_zone or 'any zone'} is in service and unprotected."
        )
    with group.held():
        extra = _move(group, from_zone or max(free, key=lambda zone: zones[zone]))
    if extra is None:
        raise ValidationError(
            f"{group.name} cannot launch in another zone now: {dict(zones)}. See its activities and processes."
        )
    return extra


def settle(group: Group) -> None:
    """The new instance is in service: one of the zone that has too many may go."""
    if group.balancing is None:
        return
    extra, zone = group.balancing
    if extra.launches:
        return
    group.balancing, extra.extra = None, False
    group.reconcile()
    victim = _victim(group, zone)
    if not extra.in_service or victim is None or group.surplus <= 0 or not group.may_terminate():
        return
    size = group.desired_capacity + group.surplus
    group.terminate(
        victim,
        f"instances were launched to balance instances in zones {extra.availability_zone} with other zones resulting in "
        f"more than desired number of instances in the group. At {stamp()} an instance was taken out of service in "
        "response to a difference between desired and actual capacity, shrinking the capacity from "
        f"{size} to {size - 1}. At {stamp()} instance {victim.instance_id} was selected for termination.",
    )


def _move(group: Group, from_zone: str) -> Member | None:
    zones = _count(group)
    others = [zone for zone in zones if zone != from_zone and not lacks_all(zone)]
    if group.balancing is not None or not others or not group.may_launch() or _victim(group, from_zone) is None:
        return None
    extra = growth.launch_extra(
        group,
        f"availability zones {' '.join(zones)} had {' '.join(map(str, zones.values()))} instances respectively. "
        "An instance was launched to aid in balancing the group's zones.",
        only_zone=min(others, key=lambda zone: zones[zone]),
    )
    if extra is not None:
        group.balancing = (extra, from_zone)
        cloud().event("rebalancing", group.name, extra.instance_id, fromZone=from_zone)
    return extra


def _uneven(group: Group) -> bool:
    """A zone that has nothing to give is not to be filled."""
    zones = _count(group)
    fewest = min((count for zone, count in zones.items() if not lacks_all(zone)), default=0)
    return max(zones.values()) - fewest > 1


def _count(group: Group) -> Counter[str]:
    zones = Counter({zone: 0 for zone in group.availability_zones})
    zones.update(member.availability_zone for member in group.members if member.counts)
    return zones


def _largest(zones: Counter[str]) -> str:
    return max(zones, key=lambda zone: zones[zone])


def _victim(group: Group, zone: str) -> Member | None:
    template = group.ec2_launch_template
    there = [member for member in group.members if member.in_service and member.availability_zone == zone]
    return choose_victim(there, template.id if template else "", cloud().clock.utc())

"""MaxInstanceLifetime: instances that were in service for so long are replaced, one at a time.

https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-max-instance-lifetime.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.autoscaling.exceptions import ValidationError

from ..cloud import cloud

if TYPE_CHECKING:
    from .group import Group

LEAST = 86_400


def check_lifetime(seconds: int | None) -> None:
    if seconds and seconds < LEAST:
        raise ValidationError(f"MaxInstanceLifetime must be 0 or at least {LEAST} seconds, not {seconds}.")


def watch(group: Group) -> None:
    """One that is protected from scale-in stays until it is not."""
    limit = int(getattr(group, "max_instance_lifetime", None) or 0)
    aging = [(member.in_service_at, member) for member in group.members if member.in_service and member.in_service_at]
    if not limit or not aging:
        return
    now = cloud().clock.now()
    free = [(since, member) for since, member in aging if not member.protected_from_scale_in and since + limit <= now]
    replacing = any(member.counts and member.launches for member in group.members) or group.surplus < 0
    if free and not replacing and group.may_terminate():
        oldest = min(free, key=lambda entry: entry[0])[1]
        # AWS's words are not known.
        group.terminate(
            oldest, "an instance was taken out of service because it reached the maximum instance lifetime."
        )
        group.reconcile()
    coming = [since + limit for since, _ in aging if since + limit > now]
    if coming:
        group.wake("lifetime", min(coming))

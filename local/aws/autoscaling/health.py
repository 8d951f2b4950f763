"""Health checks: what Auto Scaling makes of an instance that EC2 says is not running."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..cloud import cloud
from ..ec2 import is_impaired
from .growth import pause_launching
from .member import Member

if TYPE_CHECKING:
    from .group import Group


def instance_ended(group: Group, member: Member) -> None:
    """EC2 says that the instance is stopped or terminated, asked or not."""
    if member.lifecycle_state.endswith("Terminating:Proceed"):
        group.remove(member)
    elif member.lifecycle_state == "Warmed:Pending:Proceed" and member.instance.state == "stopped":
        group.proceed(member)
    else:
        cloud().clock.after(cloud().options.health_check_seconds, lambda: check_health(group, member))


def check_status(group: Group, member: Member) -> None:
    """An instance in service whose status checks fail still waits in its terminating hook: it may be alive."""
    if member not in group.members or not member.in_service or not is_impaired(member.instance):
        return
    if any(group.suspends(process) for process in ("HealthCheck", "ReplaceUnhealthy", "Terminate")):
        return
    member.health_status = "Unhealthy"
    cloud().event("unhealthy", group.name, member.instance_id, state="impaired")
    group.terminate(
        member, "an instance was taken out of service in response to an EC2 instance status checks failure."
    )
    group.reconcile()


def check_health(group: Group, member: Member) -> None:
    """One in Standby keeps the health that it had, whatever becomes of it."""
    if member not in group.members or not member.dead or member.on_standby:
        return
    if group.suspends("HealthCheck"):
        return
    member.health_status = "Unhealthy"
    if member.lifecycle_state.endswith("Terminating:Wait") and not cloud().options.dead_instance_waits:
        member.drop_waits()
        group.proceed(member)
    elif not member.terminates and not group.suspends("ReplaceUnhealthy") and not group.suspends("Terminate"):
        cloud().event("unhealthy", group.name, member.instance_id, state=member.instance.state)
        if member.launches:
            pause_launching(group)
        group.terminate(
            member,
            "an instance was taken out of service in response to an EC2 health check "
            "indicating it has been terminated or stopped.",
        )
        group.reconcile()

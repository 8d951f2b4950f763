"""Instance refresh: a group replaces its instances, as many at a time as its healthy percentage leaves.

https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-overview.html
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..cloud import cloud
from . import growth
from .member import Member
from .preferences import check_preferences, matches

if TYPE_CHECKING:
    from .group import Group

# AWS waits an hour for instances in Standby and for protected ones.
PATIENCE = 3600.0
CAUSE = "an instance was taken out of service in response to an instance refresh."
EXTRA_CAUSE = "an instance was launched in response to an instance refresh."
ACTIVE = ("Pending", "InProgress", "Cancelling")


class InstanceRefresh:
    """Attribute names are those that moto's serializer looks for."""

    def __init__(self, group: Group, preferences: dict[str, Any], configuration: dict[str, Any] | None):
        self.instance_refresh_id = str(uuid.uuid4())
        self.auto_scaling_group_name = group.name
        self.strategy = "Rolling"
        self.preferences = check_preferences(preferences)
        self.desired_configuration = configuration
        self.status = "Pending"
        self.status_reason: str | None = None
        self.start_time = cloud().clock.utc()
        self.end_time: datetime | None = None
        self._group = group
        self._old: list[Member] = []
        self._total = self._left = 0
        self._extra: Member | None = None
        self._stuck_since: float | None = None

    def begin(self) -> None:
        self._old = [member for member in self._group.instances if self._is_meant(member)]
        self._total = self._left = len(self._old)

    @property
    def active(self) -> bool:
        return self.status in ACTIVE

    @property
    def instances_to_update(self) -> int:
        return min(self._total, len(self._remaining()) + len(self._unready())) if self.active else self._left

    @property
    def percentage_complete(self) -> int:
        return 100 if not self._total else 100 * (self._total - self.instances_to_update) // self._total

    def cancel(self, wait: bool) -> None:
        self.status, self.status_reason = "Cancelling", "Cancelled by a user request."
        if not wait:
            self._end("Cancelled", self.status_reason)

    def proceed(self) -> None:
        """One step on, if there is one to take now: whatever it waits for makes the group reconcile."""
        group = self._group
        if not self.active or group.suspends("InstanceRefresh"):
            return
        if self.status == "Pending":
            self.status = "InProgress"
        unready = self._unready()
        if any(unready):
            group.wake("refresh", max(unready))
        if unready or group.surplus < 0:
            return
        self._settle_extra()
        if self.status == "Cancelling":
            self._end("Cancelled", self.status_reason)
        elif not self._remaining():
            self._end("Successful", None)
        elif group.may_terminate() and group.may_launch():
            self._replace_some([member for member in self._remaining() if not self._is_waited_for(member)])

    def _replace_some(self, free: list[Member]) -> None:
        if not free:
            self._wait_for_users()
            return
        self._stuck_since = None
        idle = [member for member in free if member.on_standby]
        least = int(self.preferences["MinHealthyPercentage"])
        if idle:
            self._terminate(idle)
        elif least == 100 or int(self.preferences.get("MaxHealthyPercentage") or 100) > 100:
            self._launch_first()
        else:
            # One at least: without MaxHealthyPercentage AWS goes below the minimum rather than not go on.
            self._terminate(free[: max(1, self._group.desired_capacity * (100 - least) // 100)])

    def _launch_first(self) -> None:
        with self._group.held():
            self._extra = growth.launch_extra(self._group, EXTRA_CAUSE)

    def _settle_extra(self) -> None:
        """The new one is ready, or gone: the turn of an old one."""
        if self._extra is None:
            return
        extra, self._extra = self._extra, None
        extra.extra = False
        self._group.reconcile()
        free = [member for member in self._remaining() if member.counts and not self._is_waited_for(member)]
        if extra.in_service and free and self._group.surplus > 0:
            self._terminate(free[:1])

    def _terminate(self, members: list[Member]) -> None:
        for member in members:
            self._group.terminate(member, CAUSE)
        self._group.reconcile()

    def _wait_for_users(self) -> None:
        now = cloud().clock.now()
        if self._stuck_since is None:
            self._stuck_since = now
        if now >= self._stuck_since + PATIENCE:
            left = ", ".join(member.instance_id for member in self._remaining())
            self._end("Failed", f"Instances were protected from scale-in or in Standby for an hour: {left}.")
        else:
            self._group.wake("refresh", self._stuck_since + PATIENCE)

    def _end(self, status: str, reason: str | None) -> None:
        self._left = self.instances_to_update
        if self._extra is not None:
            self._extra.extra = False
        self.status, self.status_reason = status, reason
        self.end_time = cloud().clock.utc()
        cloud().event("refresh-ended", self._group.name, status=status, reason=reason)

    def _is_meant(self, member: Member) -> bool:
        if member.on_standby:
            return bool(self.preferences["StandbyInstances"] != "Ignore")
        if member.protected_from_scale_in and self.preferences["ScaleInProtectedInstances"] == "Ignore":
            return False
        skipped = bool(self.preferences.get("SkipMatching")) and matches(self._group, member)
        return member.counts and not skipped

    def _is_waited_for(self, member: Member) -> bool:
        if member.on_standby:
            return bool(self.preferences["StandbyInstances"] == "Wait")
        return member.protected_from_scale_in and self.preferences["ScaleInProtectedInstances"] == "Wait"

    def _remaining(self) -> list[Member]:
        """Of those that there were; one may be protected, or put in Standby, since."""
        return [
            member
            for member in self._old
            if member in self._group.members and (member.counts or member.on_standby) and self._is_meant(member)
        ]

    def _unready(self) -> list[float]:
        """When those of the new ones are ready that are not: warmed up after they came in service, or 0 for not known."""
        now, begin = cloud().clock.now(), self.start_time.timestamp()
        new = [member for member in self._group.members if member.counts and member not in self._old]
        since = [member.in_service_at or 0.0 for member in new]
        return [
            moment + self._warmup if moment else 0.0
            for moment in since
            if not moment or begin <= moment and now < moment + self._warmup
        ]

    @property
    def _warmup(self) -> float:
        group = self._group
        given = [self.preferences.get("InstanceWarmup"), getattr(group, "default_instance_warmup", None)]
        return float(next((seconds for seconds in given if seconds is not None), group.health_check_grace_period or 0))

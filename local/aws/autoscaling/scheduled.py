"""Scheduled actions that fire."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from croniter import croniter  # type: ignore[import-untyped]
from moto.autoscaling.exceptions import ValidationError

from ..clock import Timer
from ..cloud import cloud

LIMIT = 125  # per group, as on AWS


class ScheduledAction:
    """Attribute names are those that moto's serializer looks for."""

    def __init__(self, group: str, group_arn: str, spec: dict[str, Any], fire: Callable[["ScheduledAction"], None]):
        self.auto_scaling_group_name = group
        self.scheduled_action_name: str = spec["ScheduledActionName"]
        self.scheduled_action_arn = (
            group_arn.replace(":autoScalingGroup:", ":scheduledUpdateGroupAction:")
            + f":scheduledActionName/{self.scheduled_action_name}"
        )
        self.min_size: int | None = spec.get("MinSize")
        self.max_size: int | None = spec.get("MaxSize")
        self.desired_capacity: int | None = spec.get("DesiredCapacity")
        self.recurrence: str | None = spec.get("Recurrence")
        self.time_zone: str | None = spec.get("TimeZone")
        self.end_time: datetime | None = spec.get("EndTime")
        self._begin: datetime | None = spec.get("StartTime") or spec.get("Time")
        self._fire = fire
        self._timer: Timer | None = None
        self._check()
        self._arm(cloud().clock.utc())

    @property
    def start_time(self) -> datetime | None:
        """As on AWS: when it fires next."""
        return self._next

    @property
    def time(self) -> datetime | None:
        return self._next

    def cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _check(self) -> None:
        if (self.min_size, self.max_size, self.desired_capacity) == (None, None, None):
            raise ValidationError("At least one of min, max or desired size must be set for a scheduled action.")
        if self.recurrence is None and self._begin is None:
            raise ValidationError("Either a start time or a recurrence must be set for a scheduled action.")
        if self.recurrence is not None and (
            len(self.recurrence.split()) != 5 or not croniter.is_valid(self.recurrence)
        ):
            raise ValidationError(f"Given recurrence string: {self.recurrence} is invalid")
        try:
            ZoneInfo(self.time_zone or "UTC")
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValidationError(f"{self.time_zone} is not a valid time zone") from error

    def _arm(self, after: datetime) -> None:
        self._next = self._occurrence(after)
        if self._next is not None and (self.end_time is None or self._next <= self.end_time):
            self._timer = cloud().clock.at(self._next.timestamp(), self._due)

    def _occurrence(self, after: datetime) -> datetime | None:
        if self.recurrence is None:
            return self._begin
        start = max(after, self._begin) if self._begin is not None else after
        found: datetime = croniter(self.recurrence, start.astimezone(ZoneInfo(self.time_zone or "UTC"))).get_next(
            datetime
        )
        return found

    def _due(self) -> None:
        due = self._next
        if self.recurrence is not None and due is not None:
            self._arm(due)
        self._fire(self)

"""Scheduled actions that fire."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from croniter import croniter  # type: ignore[import-untyped]
from moto.autoscaling.exceptions import AutoscalingClientError, ValidationError

from ..clock import Timer
from ..cloud import cloud
from ..cron import next_lenient_occurrence, next_occurrence
from .group import Group

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
        find = next_lenient_occurrence if cloud().options.skipped_hour_fires else next_occurrence
        return find(self.recurrence, self.time_zone or "UTC", start)

    def _due(self) -> None:
        due = self._next
        if self.recurrence is not None and due is not None:
            self._arm(due)
        self._fire(self)


class ScheduledActions:
    """Those of all groups. `find` gives a group by its name, `resize` updates its sizes."""

    def __init__(
        self,
        find: Callable[[str | None], Group],
        resize: Callable[[str | None, dict[str, Any]], None],
    ):
        self._find = find
        self._resize = resize
        self._all: dict[tuple[str, str], ScheduledAction] = {}

    def put(self, group_name: str | None, spec: dict[str, Any]) -> None:
        group = self._find(group_name)
        key = (group.name, spec["ScheduledActionName"])
        if key not in self._all and sum(other[0] == group.name for other in self._all) >= LIMIT:
            raise AutoscalingClientError("LimitExceeded", f"A group has at most {LIMIT} scheduled actions.")
        action = ScheduledAction(group.name, group.arn, spec, self._fire)
        if key in self._all:
            self._all[key].cancel()
        self._all[key] = action

    def delete(self, group_name: str | None, name: str) -> None:
        action = self._all.pop((group_name or "", name), None)
        if action is None:
            raise ValidationError("Scheduled action name not found")
        action.cancel()

    def drop(self, group_name: str) -> None:
        for key in [key for key in self._all if key[0] == group_name]:
            self._all.pop(key).cancel()

    def of(self, group_name: str | None, names: list[str]) -> list[ScheduledAction]:
        return [
            action
            for (group, name), action in self._all.items()
            if group_name in (None, group) and (not names or name in names)
        ]

    def _fire(self, action: ScheduledAction) -> None:
        group = self._find(action.auto_scaling_group_name)
        if action.recurrence is None:
            self._all.pop((group.name, action.scheduled_action_name), None)
        if any(process["ProcessName"] == "ScheduledActions" for process in group.suspended_processes):
            return
        cloud().event("scheduled-action", group.name, action=action.scheduled_action_name)
        sizes = {"MinSize": action.min_size, "MaxSize": action.max_size, "DesiredCapacity": action.desired_capacity}
        cloud().principal = f"scheduled-action:{action.scheduled_action_name}"
        try:
            self._resize(group.name, sizes)
        except ValidationError as error:
            cloud().event("scheduled-action-failed", group.name, message=error.message)
        finally:
            cloud().principal = None

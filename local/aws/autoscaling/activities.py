"""Scaling activities: what a group did, why, and what came of it."""

import uuid
from datetime import datetime

from ..cloud import cloud

# AWS keeps six weeks; a local run never has so many.
KEPT = 5000


class Activity:
    """Attribute names are those that moto's serializer looks for."""

    def __init__(self, group: str, group_arn: str, description: str, cause: str):
        self.activity_id = str(uuid.uuid4())
        self.auto_scaling_group_name = group
        self.auto_scaling_group_arn = group_arn
        self.description = description
        self.cause = f"At {stamp()} {cause}"
        self.start_time = cloud().clock.utc()
        self.end_time: datetime | None = None
        self.status_code = "InProgress"
        self.status_message: str | None = None
        self.progress = 30
        self.details = "{}"

    def wait_for_hook(self) -> None:
        self.status_code, self.progress = "MidLifecycleAction", 40

    def finish(self, status_code: str, message: str | None = None) -> None:
        """`status_code` is Successful, Failed or Cancelled. The first end counts."""
        if self.end_time is None:
            self.status_code, self.status_message = status_code, message
            self.end_time, self.progress = cloud().clock.utc(), 100


class Activities:
    """Those of all groups, deleted ones included; newest first."""

    def __init__(self) -> None:
        self._all: list[Activity] = []

    def start(self, group: str, group_arn: str, description: str, cause: str) -> Activity:
        activity = Activity(group, group_arn, description, cause)
        self._all.insert(0, activity)
        del self._all[KEPT:]
        return activity

    def of(self, group: str | None, ids: list[str]) -> list[Activity]:
        return [
            activity
            for activity in self._all
            if group in (None, activity.auto_scaling_group_name) and (not ids or activity.activity_id in ids)
        ]


def stamp() -> str:
    return cloud().clock.utc().strftime("%Y-%m-%dT%H:%M:%SZ")

"""What runs a task. Methods are called under the cloud's lock, and what it tells the task, it tells under the lock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ..cloud import cloud

if TYPE_CHECKING:
    from .tasks import Task


class Run(Protocol):
    def start(self) -> None:
        """Pulls the image and starts the containers; then tells the task `started`, or `stop`s it with the reason."""

    def stop(self) -> None:
        """Asks the containers to end, kills them after their stopTimeout; then tells the task `ended`."""


class RecordRun:
    """Where there are no machines a task is a record: it runs until it is told otherwise, and ends when it is asked to."""

    def __init__(self, task: Task):
        self._task = task

    def start(self) -> None:
        self._task.started()

    def stop(self) -> None:
        seconds = cloud().options.ecs_stop_seconds
        cloud().clock.after(seconds, lambda: self._task.ended({one["name"]: 0 for one in self._task.containers}))

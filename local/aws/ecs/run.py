"""What runs a task. Methods are called under the cloud's lock, and what it tells the task, it tells under the lock."""

from typing import Protocol


class Run(Protocol):
    def start(self) -> None:
        """Pulls the image and starts the containers; then tells the task `started`, or `stop`s it with the reason."""

    def stop(self) -> None:
        """Asks the containers to end, kills them after their stopTimeout; then tells the task `ended`."""

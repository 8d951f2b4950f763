"""A task where there are no machines: it pulls and runs nothing, but the registry has to have its image."""

from ..cloud import cloud
from . import pulling
from .tasks import Task


class RecordRun:
    """Runs until it is told otherwise, and ends when it is asked to."""

    def __init__(self, task: Task):
        self._task = task

    def start(self) -> None:
        try:
            sources = {one["name"]: pulling.find(self._task.region, one["image"]) for one in self._task.containers}
        except pulling.PullError as error:
            self._task.fail(str(error))
            return
        self._task.pulled({name: source.digest for name, source in sources.items() if source.digest})
        self._task.started()

    def stop(self) -> None:
        seconds = cloud().options.ecs_stop_seconds
        cloud().clock.after(seconds, lambda: self._task.ended({one["name"]: 0 for one in self._task.containers}))

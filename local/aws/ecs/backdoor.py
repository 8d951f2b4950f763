"""/_local/ecs/*: what tests do to tasks that AWS does of its own accord."""

import re
from typing import Any

from ..cloud import cloud
from . import failures
from .record_run import RecordRun
from .tasks import Task, tasks_in_all

# AWS gives so many seconds from the notice of an interruption; containers have at most those of their stopTimeout.
INTERRUPTED = "Your Spot Task was interrupted."
Answer = tuple[int, Any]
Match = re.Match[str]


def add_failure(_: Match, __: dict[str, str], body: Any) -> Answer:
    return 201, {"id": failures.add(body)}


def clear_failures(_: Match, __: dict[str, str], ___: Any) -> Answer:
    failures.clear()
    return 200, {}


def exit_task(match: Match, _: dict[str, str], body: Any) -> Answer:
    """{code, container?}: its containers end by themselves. Of a task that is a record only: others have processes."""
    with cloud().lock:
        task = _find(match)
        if not isinstance(getattr(task, "run", None), RecordRun):
            raise ValueError(f"{task.arn} has processes of its own: let these end.")
        code = int(body.get("code", 0))
        task.ended({one["name"]: code for one in task.containers if body.get("container") in (None, one["name"])})
        return 200, {"lastStatus": task.status}


def interrupt_task(match: Match, _: dict[str, str], __: Any) -> Answer:
    """AWS takes a task of Fargate Spot back."""
    with cloud().lock:
        task = _find(match)
        if task.provider != "FARGATE_SPOT":
            raise ValueError(f"{task.arn} is no task of FARGATE_SPOT: AWS takes back only those.")
        task.stop("SpotInterruption", INTERRUPTED)
        return 200, {"lastStatus": task.status}


def _find(match: Match) -> Task:
    for task in tasks_in_all():
        if task.id == match.group(1):
            return task
    raise ValueError(f"There is no task {match.group(1)}.")


ROUTES = [
    ("POST", r"/_local/ecs/failures", add_failure),
    ("DELETE", r"/_local/ecs/failures", clear_failures),
    ("POST", r"/_local/ecs/tasks/(\w+)/exit", exit_task),
    ("POST", r"/_local/ecs/tasks/(\w+)/interrupt", interrupt_task),
]

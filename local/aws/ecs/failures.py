"""Failures on demand: what RunTask answers with, and what tasks stop of, that AWS has of its own accord."""

import itertools
from dataclasses import dataclass
from typing import Any

WHENS = ("run", "start")


@dataclass
class Failure:
    """Of `run`: RunTask answers 200 with it in `failures`. Of `start`: the task that was accepted stops with it."""

    id: int
    when: str
    # A capacity provider, FARGATE and FARGATE_SPOT among them; None is any.
    provider: str | None
    reason: str
    arn: str | None
    # None is for ever.
    count: int | None


_ids = itertools.count(1)
_failures: dict[int, Failure] = {}


def add(spec: dict[str, Any]) -> int:
    """when: run (default) or start; provider; reason; arn; count. Names that are not known are refused."""
    unknown = set(spec) - {"when", "provider", "reason", "arn", "count"}
    if unknown:
        raise ValueError(f"A failure has no {', '.join(sorted(unknown))}.")
    when = spec.get("when", "run")
    if when not in WHENS:
        raise ValueError(f"There is no when {when}: use {', '.join(WHENS)}.")
    failure = Failure(next(_ids), when, spec.get("provider"), spec["reason"], spec.get("arn"), spec.get("count"))
    _failures[failure.id] = failure
    return failure.id


def clear() -> None:
    _failures.clear()


def take(when: str, provider: str | None) -> Failure | None:
    """The first that applies, counted as used."""
    for failure in _failures.values():
        if failure.when == when and failure.provider in (None, provider):
            if failure.count is not None:
                failure.count -= 1
                if failure.count <= 0:
                    del _failures[failure.id]
            return failure
    return None

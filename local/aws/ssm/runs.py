"""One script on one instance: on its machine, or, where there are none, as a test says."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from ..cloud import cloud
from ..machines import CommandResult
from .documents import Step

# The clock of the cloud decides when time is up; the machine's own limit is a safeguard.
MARGIN_SECONDS = 30.0

Done = Callable[[CommandResult | None], None]


class Run(Protocol):
    def stop(self) -> None: ...


@dataclass(frozen=True)
class Script:
    """What a script does where there is no machine: after `seconds` of the clock (None: never) it ends with `code`."""

    instance_id: str | None = None
    seconds: float | None = 0.0
    code: int = 0
    stdout: str = ""
    stderr: str = ""


_scripts: list[Script] = []


def tell(script: Script) -> None:
    """The latest that fits an instance counts."""
    _scripts.insert(0, script)


def run(instance_id: str, step: Step, done: Done) -> Run:
    """Begins it; `done` is called once, holding the lock, unless it is stopped before. None: the machine is gone."""
    return _OnMachine(instance_id, step, done) if cloud().machines.exist else _Told(instance_id, done)


class _OnMachine:
    def __init__(self, instance_id: str, step: Step, done: Done):
        # As the agent does: in its folder when none is given, with sh.
        folder = step.working_directory or "/"
        words = ["sh", "-c", 'cd "$1" && exec sh -c "$2"', "sh", folder, step.script]
        self._command = cloud().machines.command(instance_id, words, step.timeout + MARGIN_SECONDS)
        self._done = done
        self._stopped = False
        threading.Thread(target=self._wait, name=f"command on {instance_id}", daemon=True).start()

    def _wait(self) -> None:
        result = self._command.result()
        with cloud().lock:
            if not self._stopped:
                self._done(result)

    def stop(self) -> None:
        self._stopped = True
        self._command.cut()


class _Told:
    def __init__(self, instance_id: str, done: Done):
        script = next((s for s in _scripts if s.instance_id in (None, instance_id)), Script())
        result = CommandResult(script.code, script.stdout, script.stderr)
        self._timer = None if script.seconds is None else cloud().clock.after(script.seconds, lambda: done(result))

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

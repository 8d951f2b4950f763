"""Commands, and what becomes of them on each instance.

https://docs.aws.amazon.com/systems-manager/latest/userguide/monitor-commands.html
"""

import threading
import uuid
from dataclasses import dataclass, field
from typing import Any

from moto.ec2.models.instances import Instance

from ..cloud import cloud
from ..ec2 import find_instance
from ..machines import CommandResult
from . import agents
from .documents import Step
from .runs import Run, run

# How often delivery is tried again, in seconds of the clock.
RETRY_SECONDS = 2.0


@dataclass
class Part:
    """A step on one instance."""

    step: Step
    status: str = "Pending"
    details: str = "Pending"
    code: int = -1
    stdout: str = ""
    stderr: str = ""
    begun: float | None = None
    ended: float | None = None


@dataclass
class Command:
    document: str
    version: str
    comment: str
    parameters: dict[str, Any]
    steps: list[Step]
    instance_ids: list[str]
    # Of delivery, in seconds.
    timeout: int
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    requested: float = field(default_factory=lambda: cloud().clock.now())

    def __post_init__(self) -> None:
        self.invocations = [Invocation(self, instance_id) for instance_id in self.instance_ids]

    @property
    def expires(self) -> float:
        """Not delivered by then, it has timed out: the documented sum of its two kinds of limits."""
        return self.requested + self.timeout + sum(step.timeout for step in self.steps)


class Invocation:
    """One command on one instance."""

    def __init__(self, command: Command, instance_id: str):
        self.command = command
        self.instance_id = instance_id
        self.parts = [Part(step) for step in command.steps]
        self.status = self.details = "Pending"
        self._run: Run | None = None
        cloud().event("command-sent", None, instance_id, command=command.id, document=command.document)
        cloud().clock.after(0, self._try)
        self._expiry = cloud().clock.at(command.expires, lambda: self._finish("TimedOut", "DeliveryTimedOut"))

    @property
    def over(self) -> bool:
        return self.status not in ("Pending", "InProgress")

    def instance_ended(self) -> None:
        for part in self.parts:
            if part.status == "InProgress":
                self._end(part, "Failed", "Failed", CommandResult(-1, "", "The instance ended."))
        self._finish("Failed", "Failed" if self.status == "InProgress" else "Undeliverable")

    # Delivery.
    def _try(self) -> None:
        late = cloud().clock.now() > self.command.requested + self.command.timeout
        if self.status != "Pending" or late:
            return
        if cloud().machines.exist:
            threading.Thread(target=self._deliver, daemon=True).start()
        else:
            self._deliver()

    def _deliver(self) -> None:
        agents.ask([self.instance_id])
        clock = cloud().clock
        with cloud().lock:
            if self.status != "Pending":
                return
            agent = agents.find(find_instance(self.instance_id))
            if agent is not None and agent.there:
                self._begin()
            elif agent is None or cloud().options.unreachable_agent == "undeliverable":
                self._finish("Failed", "Undeliverable")
            else:
                self.details = "Delayed"
                # While time is being moved on, once at the end is enough.
                clock.at(max(clock.now() + RETRY_SECONDS, clock.horizon), self._try)

    def _begin(self) -> None:
        self.status = self.details = "InProgress"
        self._expiry.cancel()
        cloud().event("command-began", None, self.instance_id, command=self.command.id)
        self._next()

    # Running.
    def _next(self) -> None:
        part = next((part for part in self.parts if part.status == "Pending"), None)
        if part is None:
            bad = next((part for part in self.parts if part.status != "Success"), None)
            self._finish(bad.status if bad else "Success", bad.details if bad else "Success")
            return
        clock = cloud().clock
        part.status = part.details = "InProgress"
        part.begun = clock.now()
        limit = clock.after(part.step.timeout, lambda: self._time_out(part))

        def done(result: CommandResult | None) -> None:
            limit.cancel()
            if part.status == "InProgress":
                status = "Success" if result is not None and result.code == 0 else "Failed"
                self._end(part, status, status, result or CommandResult(-1, "", "The machine is gone."))
                self._next()

        self._run = run(self.instance_id, part.step, done)

    def _time_out(self, part: Part) -> None:
        if part.status == "InProgress":
            # Its exit status after SIGKILL, as the agent reports it.
            self._end(part, "TimedOut", "ExecutionTimedOut", CommandResult(137, "", ""))
            if self._run is not None:
                self._run.stop()
            self._next()

    def _end(self, part: Part, status: str, details: str, result: CommandResult) -> None:
        part.status, part.details, part.ended = status, details, cloud().clock.now()
        part.code, part.stdout, part.stderr = result.code, result.stdout, result.stderr

    def _finish(self, status: str, details: str) -> None:
        if self.over:
            return
        self._expiry.cancel()
        if self._run is not None:
            self._run.stop()
        self.status, self.details = status, details
        cloud().event("command-ended", None, self.instance_id, command=self.command.id, status=details)


_commands: dict[str, Command] = {}


def send(command: Command) -> None:
    _commands[command.id] = command


def find(command_id: str) -> Command | None:
    return _commands.get(command_id)


def invocations() -> list[Invocation]:
    return [invocation for command in reversed(_commands.values()) for invocation in command.invocations]


def instance_ended(instance: Instance) -> None:
    for invocation in invocations():
        if invocation.instance_id == instance.id and instance.state == "terminated":
            invocation.instance_ended()

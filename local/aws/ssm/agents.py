"""Which instances have an SSM agent that answers: asked of their machines, or told by a test."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from moto.ec2.models import ec2_backends
from moto.ec2.models.instances import Instance

from ..cloud import ACCOUNT, cloud

UNIT = "amazon-ssm-agent.service"
ASK = ["systemctl", "show", "--property=ActiveState,ExecMainStartTimestampMonotonic", UNIT]
# To ask costs a process in the machine. In real seconds.
FRESH_SECONDS = 1.5
ASK_SECONDS = 5.0
# States in which an instance is known to SSM: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_SendCommand.html
VALID_STATES = ("pending", "running", "stopping", "stopped")


@dataclass
class Agent:
    """`seen`: when it last answered, on the clock of the cloud; None is never."""

    there: bool
    seen: float | None
    asked: float = 0.0


_agents: dict[str, Agent] = {}
# By a test, instead of what the machine says.
_told: dict[str, str] = {}
_lock = threading.Lock()


def tell(instance_id: str, state: str | None) -> None:
    """online, lost (it was there), or never; None: as the machine says."""
    if state not in ("online", "lost", "never", None):
        raise ValueError(f"No agent can be {state}: online, lost, never, or null.")
    with _lock:
        _agents.pop(instance_id, None)
        if state is None:
            _told.pop(instance_id, None)
        else:
            _told[instance_id] = state


def ask(instance_ids: list[str]) -> None:
    """Brings what is known up to date. Takes its time: not under the lock."""
    if not cloud().machines.exist:
        return
    now = time.monotonic()
    with _lock:
        stale = [
            id
            for id in instance_ids
            if id not in _told and (id not in _agents or now - _agents[id].asked > FRESH_SECONDS)
        ]
    if len(stale) == 1:
        _ask(stale[0])
    elif stale:
        with ThreadPoolExecutor(max_workers=8, thread_name_prefix="agents") as pool:
            list(pool.map(_ask, stale))


def running() -> list[str]:
    with cloud().lock:
        return [instance.id for instance in _instances() if instance.state == "running"]


def known() -> list[tuple[Instance, Agent]]:
    """What SSM has heard of, with what is known of it."""
    with cloud().lock:
        found = [(instance, find(instance)) for instance in _instances()]
    return [(instance, agent) for instance, agent in found if agent is not None]


def find(instance: Instance | None) -> Agent | None:
    """None: SSM does not know the instance."""
    if instance is None or instance.state not in VALID_STATES:
        return None
    runs = instance.state == "running"
    with _lock:
        told, agent = _told.get(instance.id), _agents.get(instance.id)
    if told is None and not cloud().machines.exist:
        told = "online"
    if told is not None:
        now = cloud().clock.now()
        agent = None if told == "never" else Agent(told == "online", now)
    if agent is None or agent.seen is None:
        return None
    return Agent(agent.there and runs, agent.seen)


def _instances() -> list[Instance]:
    return [instance for backend in ec2_backends[ACCOUNT].values() for instance in backend.all_instances()]


def _ask(instance_id: str) -> None:
    result = cloud().machines.command(instance_id, ASK, ASK_SECONDS).result()
    answer = dict(line.split("=", 1) for line in result.stdout.splitlines() if "=" in line) if result else {}
    there = answer.get("ActiveState") == "active"
    ran = answer.get("ExecMainStartTimestampMonotonic", "0") not in ("", "0")
    with _lock:
        before = _agents.get(instance_id)
        seen = before.seen if before else None
        # One that ran and ended before anybody asked was seen too.
        if there or (ran and seen is None):
            seen = cloud().clock.now()
        _agents[instance_id] = Agent(there, seen, time.monotonic())

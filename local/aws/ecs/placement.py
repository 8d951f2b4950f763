"""Which container instance a task runs on, and what becomes of one that fits nowhere."""

from __future__ import annotations

from ..cloud import cloud
from . import network, task_endpoint
from .instances import ContainerInstance, instances_of
from .names import Record
from .providers import providers_in
from .tasks import Task, tasks_in


class AgentRun:
    """A task on a container instance: its agent does what the task's record says."""

    def __init__(self, instance: ContainerInstance):
        self._instance = instance

    def start(self) -> None:
        if network.exists():
            task_endpoint.serve()
        self._instance.tell_agent()

    def stop(self) -> None:
        self._instance.tell_agent()


def choose(
    region: str, cluster: str, definition: Record, provider: str | None, packed: bool
) -> tuple[ContainerInstance | None, list[Record]]:
    """An instance, or why none: the failures of each that could have been one."""
    failures: list[Record] = []
    fitting: list[ContainerInstance] = []
    for instance in instances_of(region, cluster):
        if instance.status != "ACTIVE" or (provider is not None and instance.provider != provider):
            continue
        lack = instance.lacks(definition)
        if lack is None:
            fitting.append(instance)
        else:
            failures.append({"arn": instance.arn, "reason": lack})
    # binpack takes what is left of the fullest, anything else spreads.
    fitting.sort(key=lambda instance: instance.remaining[1], reverse=not packed)
    return (fitting[0] if fitting else None), failures


def place(task: Task, instance: ContainerInstance) -> None:
    task.record["containerInstanceArn"] = instance.arn
    task.record["availabilityZone"] = instance.ec2.availability_zone
    cloud().event("task-placed", None, instance.ec2.id, task=task.arn)
    task.start(AgentRun(instance))


def is_scaled(region: str, provider: str | None) -> bool:
    """Whether tasks that fit nowhere wait, for instances that ECS launches."""
    known = providers_in(region).get(provider or "")
    return bool(known and known["autoScalingGroupProvider"]["managedScaling"]["status"] == "ENABLED")


def waiting(region: str, provider: str | None = None) -> list[Task]:
    return [
        task
        for task in tasks_in(region).values()
        if task.status == "PROVISIONING"
        and task.record["launchType"] == "EC2"
        and not task.stops
        and provider in (None, task.provider)
    ]


def place_waiting(region: str) -> None:
    for task in waiting(region):
        instance, _ = choose(region, task.cluster, task.definition, task.provider, packed=True)
        if instance is not None:
            place(task, instance)

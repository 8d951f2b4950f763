"""Container instances: EC2 instances whose agent registered with a cluster."""

import threading
import time
import uuid
from typing import Any

from moto.ec2.models.instances import Instance

from ..cloud import cloud
from .errors import EcsError, client, invalid
from .names import Record, arn, last
from .providers import find_group_of, providers_in
from .tasks import Task, tasks_in

# Of tasks, CPU units and MiB.
Size = tuple[int, int]
FORCED = "Container instance deregistration forced by user"

_instances: dict[str, dict[str, "ContainerInstance"]] = {}
# Told when there may be room, or less of it.
changed_listeners: list[Any] = []


def instances_in(region: str) -> dict[str, "ContainerInstance"]:
    """By ARN."""
    return _instances.setdefault(region, {})


def instances_of(region: str, cluster: str) -> list["ContainerInstance"]:
    return [instance for instance in instances_in(region).values() if instance.cluster == cluster]


def find_instance(region: str, cluster: str, name_or_arn: str) -> "ContainerInstance | None":
    return instances_in(region).get(arn(region, "container-instance", f"{cluster}/{last(name_or_arn)}"))


class ContainerInstance:
    """All methods but `wait` are called under the cloud's lock."""

    def __init__(self, region: str, cluster: Record, ec2: Instance, size: Size, more: Record):
        self.region, self.ec2, self.size = region, ec2, size
        self.cluster_record = cluster
        self.cluster: str = cluster["clusterName"]
        self.arn = arn(region, "container-instance", f"{self.cluster}/{uuid.uuid4().hex}")
        self.status = "ACTIVE"
        self.idle_since = cloud().clock.now()
        self.registered_at = cloud().clock.utc()
        self.tags: list[dict[str, str]] = []
        self.attributes: dict[str, str] = {
            "ecs.ami-id": ec2.image_id,
            "ecs.availability-zone": ec2.availability_zone or "",
            "ecs.instance-type": ec2.instance_type,
            "ecs.os-type": "linux",
            **(more.get("attributes") or {}),
        }
        self.agent_version: str = more.get("version") or "1.0.0"
        # What the agent was not told yet, counted; and its polls.
        self.news = 1
        self._changed = threading.Condition()
        self._polls, self._polled = 0, time.monotonic()
        instances_in(region)[self.arn] = self
        self._count(1)

    # Its tasks.
    @property
    def tasks(self) -> list[Task]:
        return [task for task in tasks_in(self.region).values() if task.instance == self.arn and not task.is_stopped]

    @property
    def remaining(self) -> Size:
        used = [size_of(task.definition) for task in self.tasks]
        return self.size[0] - sum(cpu for cpu, _ in used), self.size[1] - sum(memory for _, memory in used)

    def lacks(self, definition: Record) -> str | None:
        """Why a task cannot be placed here; None: it can."""
        if not self.connected:
            return "AGENT"
        # An agent that says nothing of what it is able to do is taken at its word.
        able = {name for name in self.attributes if ".capability." in name}
        if able and {one["name"] for one in definition["requiresAttributes"]} - able:
            return "ATTRIBUTE"
        (needed_cpu, needed_memory), (cpu, memory) = size_of(definition), self.remaining
        if needed_cpu > cpu:
            return "RESOURCE:CPU"
        return "RESOURCE:MEMORY" if needed_memory > memory else None

    @property
    def provider(self) -> str | None:
        """The capacity provider that its group is of."""
        for provider in providers_in(self.region).values():
            group = find_group_of(self.region, provider)
            if group is not None and any(member.instance_id == self.ec2.id for member in group.members):
                return str(provider["name"])
        return None

    # Its agent.
    @property
    def connected(self) -> bool:
        with self._changed:
            return self._polls > 0 or time.monotonic() - self._polled < cloud().options.ecs_agent_lost_seconds

    def tell_agent(self) -> None:
        with self._changed:
            self.news += 1
            self._changed.notify_all()

    def wait(self, seen: int, seconds: float) -> None:
        """For news after `seen`. Not under the lock."""
        with self._changed:
            self._polls += 1
            self._changed.wait_for(lambda: self.news > seen, seconds)
            self._polls -= 1
            self._polled = time.monotonic()

    # Its states.
    def set_status(self, status: str) -> None:
        if status not in ("ACTIVE", "DRAINING"):
            raise invalid("Container instance status should be one of [ACTIVE,DRAINING].")
        self.status = status
        cloud().event("container-instance", None, self.ec2.id, status=status)
        self.tell_agent()
        tell_changed(self.region)

    def deregister(self, force: bool) -> None:
        tasks = self.tasks
        if tasks and not force:
            raise invalid("Found running tasks on the instance.")
        self.remove(FORCED, "UserInitiated")

    def remove(self, reason: str, code: str) -> None:
        """What ran on it is over, as far as ECS knows."""
        if instances_in(self.region).pop(self.arn, None) is None:
            return
        self.status = "INACTIVE"
        for task in [task for task in tasks_in(self.region).values() if task.instance == self.arn]:
            task.ended({}, (code, reason))
        self._count(-1)
        cloud().event("container-instance", None, self.ec2.id, status="INACTIVE")
        self.tell_agent()
        tell_changed(self.region)

    def _count(self, change: int) -> None:
        self.cluster_record["registeredContainerInstancesCount"] += change

    def to_record(self) -> Record:
        tasks = self.tasks
        running = sum(task.status == "RUNNING" for task in tasks)
        provider = self.provider
        return {
            "containerInstanceArn": self.arn,
            "ec2InstanceId": self.ec2.id,
            **({"capacityProviderName": provider} if provider else {}),
            "version": self.news,
            "versionInfo": {"agentVersion": self.agent_version, "dockerVersion": "DockerVersion: local"},
            "remainingResources": _resources(self.remaining),
            "registeredResources": _resources(self.size),
            "status": self.status,
            "agentConnected": self.status != "INACTIVE" and self.connected,
            "runningTasksCount": running,
            "pendingTasksCount": len(tasks) - running,
            "attributes": [{"name": name, "value": value} for name, value in self.attributes.items()],
            "registeredAt": self.registered_at,
            "attachments": [],
            "tags": self.tags,
        }


def register(region: str, cluster: Record, ec2: Instance, params: Record) -> ContainerInstance:
    known_arn = params.get("containerInstanceArn")
    if known_arn:
        known = instances_in(region).get(known_arn)
        if known is None or known.ec2.id != ec2.id:
            raise client(f"The container instance {known_arn} is not registered for {ec2.id}.")
        known.tell_agent()
        return known
    for other in instances_of(region, cluster["clusterName"]):
        if other.ec2.id == ec2.id:
            raise EcsError("ClientException", f"{ec2.id} is registered already, as {other.arn}.")
    instance = ContainerInstance(region, cluster, ec2, (int(params["cpu"]), int(params["memory"])), params)
    cloud().event("container-instance", None, ec2.id, status="ACTIVE", cluster=instance.cluster)
    tell_changed(region)
    return instance


def ec2_ended(ec2: Instance) -> None:
    for region in list(_instances):
        for instance in list(instances_in(region).values()):
            if instance.ec2.id == ec2.id and ec2.state == "terminated":
                instance.remove(f"Host EC2 (instance {ec2.id}) terminated.", "TerminationNotice")


def tell_changed(region: str) -> None:
    for listener in changed_listeners:
        listener(region)


def size_of(definition: Record) -> Size:
    """What a task reserves on an instance."""
    containers = definition["containerDefinitions"]
    cpu = definition.get("cpu") or sum(one.get("cpu") or 0 for one in containers)
    memory = definition.get("memory") or sum(
        one.get("memoryReservation") or one.get("memory") or 0 for one in containers
    )
    return int(cpu), int(memory)


def _resources(size: Size) -> list[Record]:
    return [
        {"name": name, "type": "INTEGER", "integerValue": value, "longValue": 0, "doubleValue": 0.0}
        for name, value in zip(("CPU", "MEMORY"), size, strict=True)
    ]

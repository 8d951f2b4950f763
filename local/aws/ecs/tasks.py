"""Tasks, and their way through the states.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html
"""

import itertools
import uuid
from datetime import datetime
from typing import Any

from moto.ec2.models.elastic_network_interfaces import NetworkInterface

from .. import events
from ..cloud import cloud
from . import eni
from .names import Record, arn
from .run import Run

# AWS forgets a stopped task about an hour later.
REMEMBERED_SECONDS = 3600
ESSENTIAL_EXITED = "Essential container in task exited"
# Of an event's detail, which has no tags.
HIDDEN = ("tags", "healthStatus")

_tasks: dict[str, dict[str, "Task"]] = {}
_turns = itertools.count()


def tasks_in(region: str) -> dict[str, "Task"]:
    """By ARN, oldest first."""
    return _tasks.setdefault(region, {})


def tasks_in_all() -> list["Task"]:
    return [task for tasks in _tasks.values() for task in tasks.values()]


def tasks_of(region: str, cluster: str) -> list["Task"]:
    """Those that did not stop."""
    return [task for task in tasks_in(region).values() if task.cluster == cluster and not task.is_stopped]


class Task:
    """`record` is what DescribeTasks shows. All methods are called under the cloud's lock."""

    def __init__(self, region: str, cluster: Record, definition: Record, record: Record, network: Record | None):
        self.region, self.definition, self.network = region, definition, network
        self.cluster: str = cluster["clusterName"]
        self.id = uuid.uuid4().hex
        self.arn = arn(region, "task", f"{self.cluster}/{self.id}")
        # Of the paths from which its containers get credentials and metadata.
        self.secret_path = str(uuid.uuid4())
        self.interface: NetworkInterface | None = None
        self.run: Run
        self.asked = False
        now = cloud().clock.utc()
        self.containers: list[Record] = [
            {
                "containerArn": arn(region, "container", f"{self.cluster}/{self.id}/{uuid.uuid4()}"),
                "taskArn": self.arn,
                "name": one["name"],
                "image": one["image"],
                "lastStatus": "PENDING",
                "networkInterfaces": [],
                "healthStatus": "UNKNOWN",
                "cpu": str(one.get("cpu") or 0),
                **({"memory": str(one["memory"])} if one.get("memory") else {}),
            }
            for one in definition["containerDefinitions"]
        ]
        self.record: Record = {
            "taskArn": self.arn,
            "clusterArn": cluster["clusterArn"],
            "taskDefinitionArn": definition["taskDefinitionArn"],
            "group": f"family:{definition['family']}",
            "lastStatus": "PROVISIONING",
            "desiredStatus": "RUNNING",
            "attachments": [],
            "containers": self.containers,
            "cpu": definition.get("cpu") or "0",
            "memory": definition.get("memory") or "0",
            "createdAt": now,
            "updatedAt": now,
            "healthStatus": "UNKNOWN",
            "version": 1,
            **record,
        }
        tasks_in(region)[self.arn] = self

    # What it is.
    @property
    def status(self) -> str:
        found: str = self.record["lastStatus"]
        return found

    @property
    def is_stopped(self) -> bool:
        return self.status == "STOPPED"

    @property
    def stops(self) -> bool:
        return bool(self.record["desiredStatus"] == "STOPPED")

    @property
    def provider(self) -> str | None:
        return self.record.get("capacityProviderName")

    @property
    def instance(self) -> str | None:
        return self.record.get("containerInstanceArn")

    @property
    def ran(self) -> bool:
        return "startedAt" in self.record

    def stop_timeout(self) -> float:
        """Seconds from SIGTERM to SIGKILL."""
        return float(max(one.get("stopTimeout") or 30 for one in self.definition["containerDefinitions"]))

    # Its way.
    def created(self) -> None:
        self.tell()
        cloud().event("task-created", None, task=self.arn, startedBy=self.record.get("startedBy"))

    def provision(self, run: Run) -> None:
        """On Fargate: gets its network interface, which takes time."""
        self.run = run
        cloud().clock.after(cloud().options.ecs_provisioning_seconds, self._provisioned)

    def _provisioned(self) -> None:
        if self.stops:
            return
        if self.network is not None:
            self.interface = eni.create_interface(self.region, self.network, next(_turns))
            self.record["availabilityZone"] = self.interface.subnet.availability_zone
            self.record["connectivity"] = "CONNECTED"
            self.record["connectivityAt"] = cloud().clock.utc()
            self._attach("ATTACHED")
        self.start(self.run)

    def start(self, run: Run) -> None:
        """Where it runs is known."""
        self.run, self.asked = run, True
        self.move("PENDING", pullStartedAt=cloud().clock.utc())
        run.start()

    def pulled(self, digests: dict[str, str]) -> None:
        self.record["pullStoppedAt"] = cloud().clock.utc()
        for one in self.containers:
            if one["name"] in digests:
                one["imageDigest"] = digests[one["name"]]

    def started(self) -> None:
        if self.status != "PENDING":
            return
        for one in self.containers:
            one.update(lastStatus="RUNNING", runtimeId=f"{self.id}-{uuid.uuid4().int % 10**10}")
        self.record.setdefault("pullStoppedAt", cloud().clock.utc())
        self.move("RUNNING", startedAt=cloud().clock.utc())

    def stop(self, code: str, reason: str) -> None:
        """Asks it to stop; again, or after it did, nothing happens."""
        if self.stops:
            return
        self.record.update(desiredStatus="STOPPED", stopCode=code, stoppedReason=reason, stoppingAt=cloud().clock.utc())
        cloud().event("task-stopping", None, task=self.arn, code=code, reason=reason)
        if not self.asked:
            self.tell()
            cloud().clock.after(0, lambda: self.ended({}))
        elif self.status == "RUNNING":
            # StopTask answers with the state before.
            self.tell()
            cloud().clock.after(0, self._stopping)
            self.run.stop()
        else:
            self.tell()
            self.run.stop()

    def _stopping(self) -> None:
        if self.status == "RUNNING":
            self.move("STOPPING")

    def fail(self, reason: str, container: str | None = None) -> None:
        """It cannot start."""
        for one in self.containers:
            if one["name"] == container:
                one["reason"] = reason
        self.ended({}, ("TaskFailedToStart", reason))

    def ended(
        self, exit_codes: dict[str, int], why: tuple[str, str] = ("EssentialContainerExited", ESSENTIAL_EXITED)
    ) -> None:
        """Nothing of it runs any more. `why` is the stop's code and reason, unless it was asked to stop."""
        if self.status in ("DEPROVISIONING", "STOPPED"):
            return
        now = cloud().clock.utc()
        if not self.stops:
            code, reason = why
            self.record.update(desiredStatus="STOPPED", stopCode=code, stoppedReason=reason, stoppingAt=now)
        for one in self.containers:
            one["lastStatus"] = "STOPPED"
            if one["name"] in exit_codes:
                one["exitCode"] = exit_codes[one["name"]]
        if self.ran:
            self.record["executionStoppedAt"] = now
        if self.interface is None:
            self._finish()
            return
        self._attach("DELETED")
        self.move("DEPROVISIONING")
        cloud().clock.after(cloud().options.ecs_deprovisioning_seconds, self._finish)

    def _finish(self) -> None:
        if self.is_stopped:
            return
        if self.interface is not None:
            eni.delete_interface(self.region, self.interface)
        self.move("STOPPED", stoppedAt=cloud().clock.utc())
        codes = [one.get("exitCode") for one in self.containers]
        cloud().event(
            "task-stopped",
            None,
            task=self.arn,
            code=self.record["stopCode"],
            reason=self.record["stoppedReason"],
            exit=codes,
        )
        cloud().clock.after(REMEMBERED_SECONDS, self._forget)
        for listener in stopped_listeners:
            listener(self)

    def _forget(self) -> None:
        tasks_in(self.region).pop(self.arn, None)

    def _attach(self, status: str) -> None:
        assert self.interface is not None
        known = self.record["attachments"]
        attachment_id = known[0]["id"] if known else str(uuid.uuid4())
        self.record["attachments"] = [eni.to_attachment(self.interface, attachment_id, status)]
        for one in self.containers:
            one["networkInterfaces"] = [
                {"attachmentId": attachment_id, "privateIpv4Address": self.interface.private_ip_address}
            ]

    def move(self, status: str, **more: Any) -> None:
        self.record.update(lastStatus=status, **more)
        cloud().event("task-state", None, task=self.arn, status=status)
        self.tell()

    def tell(self) -> None:
        """EventBridge, of every change."""
        self.record["updatedAt"] = cloud().clock.utc()
        detail = {name: _to_iso(value) for name, value in self.record.items() if name not in HIDDEN}
        detail["attachments"] = [{**one, "type": "eni"} for one in self.record["attachments"]]
        self.record["version"] += 1
        events.emit(self.region, "aws.ecs", "ECS Task State Change", [self.arn], detail)


# Told when a task stopped.
stopped_listeners: list[Any] = []


def _to_iso(value: Any) -> Any:
    """Times are strings in events, and nested lists of records are copied: the event outlives the state."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.") + f"{value.microsecond // 1000:03d}Z"
    if isinstance(value, list):
        return [_to_iso(one) for one in value]
    if isinstance(value, dict):
        return {name: _to_iso(one) for name, one in value.items() if name != "healthStatus"}
    return value

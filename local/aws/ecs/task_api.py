"""The ECS API, as far as it is about tasks and container instances."""

from moto.core.responses import ActionResult

from .api_base import Base
from .clusters import find_cluster
from .errors import invalid
from .instances import ContainerInstance, find_instance, instances_in, instances_of
from .names import Record, arn, last
from .running import run_tasks
from .tasks import Task, tasks_in, tasks_of

MOST_DESCRIBED, MOST_DRAINED, PAGE = 100, 10, 100


class TaskApi(Base):
    def run_task(self) -> ActionResult:
        tasks, failures = run_tasks(self.region, find_cluster(self.region, self._body.get("cluster")), self._body)
        return ActionResult({"tasks": [task.record for task in tasks], "failures": failures})

    def stop_task(self) -> ActionResult:
        task = self._task(self._body["task"])
        if task is None:
            raise invalid("The referenced task was not found.")
        # What the answer shows is the state before.
        task.stop("UserInitiated", self._body.get("reason") or "Task stopped by user")
        return ActionResult({"task": task.record})

    def describe_tasks(self) -> ActionResult:
        names = self._body.get("tasks") or []
        if not names:
            raise invalid("Tasks cannot be empty.")
        if len(names) > MOST_DESCRIBED:
            raise invalid(f"Tasks can have at most {MOST_DESCRIBED} items.")
        found = {name: self._task(name) for name in names}
        missing = [name for name, task in found.items() if task is None]
        cluster = self._cluster["clusterName"]
        return ActionResult(
            {
                "tasks": [self._without_tags(task.record) for task in found.values() if task is not None],
                "failures": [
                    {"arn": arn(self.region, "task", f"{cluster}/{last(name)}"), "reason": "MISSING"}
                    for name in missing
                ],
            }
        )

    def list_tasks(self) -> ActionResult:
        cluster, body = self._cluster["clusterName"], self._body
        if body.get("startedBy") and (body.get("family") or body.get("containerInstance") or body.get("serviceName")):
            raise invalid("Specifying startedBy together with another filter is not supported.")
        wanted = body.get("desiredStatus") or "RUNNING"
        host = body.get("containerInstance")
        found = [
            task.arn
            for task in tasks_in(self.region).values()
            if task.cluster == cluster
            and task.record["desiredStatus"] == wanted
            and body.get("family") in (None, task.definition["family"])
            and body.get("startedBy") in (None, task.record.get("startedBy"))
            and body.get("launchType") in (None, task.record["launchType"])
            and (host is None or last(task.instance or "") == last(host))
        ]
        return self._page("taskArns", found)

    # Container instances.
    def list_container_instances(self) -> ActionResult:
        status = self._body.get("status")
        found = instances_of(self.region, self._cluster["clusterName"])
        return self._page("containerInstanceArns", [one.arn for one in found if status in (None, one.status)])

    def describe_container_instances(self) -> ActionResult:
        found = self._instances(self._body.get("containerInstances") or [])
        shown = [self._without_tags(one.to_record()) for one in found.values() if one is not None]
        return ActionResult({"containerInstances": shown, "failures": self._lost(found)})

    def update_container_instances_state(self) -> ActionResult:
        names = self._body.get("containerInstances") or []
        if len(names) > MOST_DRAINED:
            raise invalid(f"At most {MOST_DRAINED} container instances at once.")
        found = self._instances(names)
        for one in found.values():
            if one is not None:
                one.set_status(self._body["status"])
        shown = [one.to_record() for one in found.values() if one is not None]
        return ActionResult({"containerInstances": shown, "failures": self._lost(found)})

    def deregister_container_instance(self) -> ActionResult:
        instance = self._instances([self._body["containerInstance"]])[self._body["containerInstance"]]
        if instance is None:
            raise invalid("The referenced container instance was not found.")
        instance.deregister(bool(self._body.get("force")))
        return ActionResult({"containerInstance": instance.to_record()})

    # What they share.
    @property
    def _cluster(self) -> Record:
        return find_cluster(self.region, self._body.get("cluster"))

    def _task(self, name: str) -> Task | None:
        cluster = self._cluster["clusterName"]
        return tasks_in(self.region).get(arn(self.region, "task", f"{cluster}/{last(name)}"))

    def _instances(self, names: list[str]) -> dict[str, ContainerInstance | None]:
        cluster = self._cluster["clusterName"]
        return {name: find_instance(self.region, cluster, name) for name in names}

    def _lost(self, found: dict[str, ContainerInstance | None]) -> list[Record]:
        cluster = self._cluster["clusterName"]
        return [
            {"arn": arn(self.region, "container-instance", f"{cluster}/{last(name)}"), "reason": "MISSING"}
            for name, instance in found.items()
            if instance is None
        ]

    def _page(self, name: str, arns: list[str]) -> ActionResult:
        first, size = int(self._body.get("nextToken") or 0), self._body.get("maxResults") or PAGE
        following = str(first + size) if first + size < len(arns) else None
        return ActionResult({name: arns[first : first + size], **({"nextToken": following} if following else {})})

    def _tagged_other(self, resource: str) -> Record | None:
        task = tasks_in(self.region).get(resource)
        instance = instances_in(self.region).get(resource)
        return task.record if task else instance.__dict__ if instance else None

    def _active_tasks(self, cluster: Record, provider: str | None = None) -> int:
        tasks = tasks_of(self.region, cluster["clusterName"])
        return sum(provider in (None, task.provider) for task in tasks)

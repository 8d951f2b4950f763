"""RunTask: from a request to tasks that are on their way, or to the reasons why not."""

from typing import Any

from ..cloud import cloud
from . import failures, fargate, network
from .errors import client, invalid
from .instances import instances_of
from .names import Record
from .placement import choose, is_scaled, place
from .record_run import RecordRun
from .requests import Request, read_request, recall, remember
from .run import Run
from .scaling import changed
from .tasks import Task, tasks_in

MOST_PROVISIONING = 500


def run_tasks(region: str, cluster: Record, params: dict[str, Any]) -> tuple[list[Task], list[Record]]:
    known = recall(region, cluster, params)
    if known is not None:
        return [tasks_in(region)[task] for task in known if task in tasks_in(region)], []
    request = read_request(region, cluster, params)
    packed = any(one.get("type") == "binpack" for one in params.get("placementStrategy") or [])
    tasks: list[Task] = []
    failed: list[Record] = []
    for number in range(request.count):
        provider = request.providers[number] if request.providers else None
        failure = failures.take("run", provider or request.launch_type)
        if failure is not None:
            failed.append({"reason": failure.reason, **({"arn": failure.arn} if failure.arn else {})})
        elif request.launch_type == "FARGATE":
            tasks.append(_on_fargate(region, cluster, request, provider))
        else:
            task, reasons = _on_instance(region, cluster, request, provider, packed)
            tasks += [task] if task else []
            failed += reasons
    remember(region, cluster, params, [task.arn for task in tasks])
    return tasks, failed


def _make(region: str, cluster: Record, request: Request, provider: str | None) -> Task:
    fields = {**request.fields, "overrides": request.overrides, "tags": request.tags}
    if provider is not None:
        fields["capacityProviderName"] = provider
    task = Task(region, cluster, request.definition, fields, request.network)
    task.created()
    failure = failures.take("start", provider or request.launch_type)
    if failure is not None:
        reason = failure.reason
        cloud().clock.after(cloud().options.ecs_provisioning_seconds / 2, lambda: task.fail(reason))
    return task


def _on_fargate(region: str, cluster: Record, request: Request, provider: str | None) -> Task:
    task = _make(region, cluster, request, provider)
    task.provision(_fargate_run(task))
    return task


def _fargate_run(task: Task) -> Run:
    return fargate.FargateRun(task) if network.exists() else RecordRun(task)


def _on_instance(
    region: str, cluster: Record, request: Request, provider: str | None, packed: bool
) -> tuple[Task | None, list[Record]]:
    instance, reasons = choose(region, cluster["clusterName"], request.definition, provider, packed)
    if instance is not None:
        task = _make(region, cluster, request, provider)
        place(task, instance)
        return task, []
    if not is_scaled(region, provider):
        if not instances_of(region, cluster["clusterName"]):
            raise invalid("No Container Instances were found in your cluster.")
        return None, reasons or [{"reason": "RESOURCE:MEMORY"}]
    if sum(task.status == "PROVISIONING" for task in tasks_in(region).values()) >= MOST_PROVISIONING:
        # The message is AWS's; its code is not documented.
        raise client("The cluster's provisioning capacity limit exceeded.")
    task = _make(region, cluster, request, provider)
    changed(region)
    return task, []

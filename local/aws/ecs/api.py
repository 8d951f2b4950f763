"""The ECS API: clusters, capacity providers and task definitions as they were written."""

import moto.ecs.urls as moto_urls
from moto.core.responses import ActionResult, EmptyResult

from .. import ec2
from ..cloud import cloud
from .clusters import clusters_in, create_cluster, delete_cluster, find_cluster, to_cluster, update_cluster
from .definitions import deregister, families_in, find_definition, register
from .errors import EcsError, invalid
from .instances import changed_listeners, ec2_ended, instances_in, tell_changed
from .names import Record, last, merge_tags
from .providers import FARGATE, create_provider, delete_provider, find_provider, providers_in, update_provider
from .scaling import changed
from .task_api import TaskApi
from .tasks import Task, stopped_listeners


def install() -> None:
    moto_urls.url_paths = {"{0}/$": Api.dispatch}
    ec2.ended_listeners.append(ec2_ended)
    changed_listeners.append(changed)
    stopped_listeners.append(_task_stopped)


def _task_stopped(task: Task) -> None:
    instance = instances_in(task.region).get(task.instance or "")
    if instance is not None and not instance.tasks:
        instance.idle_since = cloud().clock.now()
    tell_changed(task.region)


class Api(TaskApi):
    # Clusters.
    def create_cluster(self) -> ActionResult:
        self._check_providers(self._body.get("capacityProviders") or [])
        cluster = create_cluster(self.region, self._body)
        return ActionResult({"cluster": to_cluster(cluster, ["TAGS", "SETTINGS", "CONFIGURATIONS"])})

    def describe_clusters(self) -> ActionResult:
        include = self._body.get("include") or []
        wanted = [last(name) for name in self._body.get("clusters") or ["default"]]
        known = clusters_in(self.region)
        return ActionResult(
            {
                "clusters": [to_cluster(known[name], include) for name in wanted if name in known],
                "failures": self._missing("cluster", [name for name in wanted if name not in known]),
            }
        )

    def list_clusters(self) -> ActionResult:
        active = [one["clusterArn"] for one in clusters_in(self.region).values() if one["status"] == "ACTIVE"]
        return ActionResult({"clusterArns": active})

    def update_cluster(self) -> ActionResult:
        cluster = update_cluster(find_cluster(self.region, self._body.get("cluster")), self._body)
        return ActionResult({"cluster": to_cluster(cluster, ["TAGS", "SETTINGS", "CONFIGURATIONS"])})

    def update_cluster_settings(self) -> ActionResult:
        return self.update_cluster()

    def delete_cluster(self) -> ActionResult:
        cluster = find_cluster(self.region, self._body.get("cluster"))
        delete_cluster(cluster, cluster["registeredContainerInstancesCount"], self._active_tasks(cluster))
        return ActionResult({"cluster": to_cluster(cluster, [])})

    def put_cluster_capacity_providers(self) -> ActionResult:
        cluster = find_cluster(self.region, self._body.get("cluster"))
        names = [last(name) for name in self._body["capacityProviders"]]
        strategy = self._body["defaultCapacityProviderStrategy"]
        self._check_providers(names)
        if any(item["capacityProvider"] not in names for item in strategy):
            raise invalid(
                "The specified default capacity provider strategy cannot contain a capacity provider that is not "
                "associated with the cluster. Associate the capacity provider with the cluster and try again."
            )
        for name in set(cluster["capacityProviders"]) - set(names):
            if self._active_tasks(cluster, name):
                raise EcsError(
                    "ResourceInUseException", "The specified capacity provider is in use and cannot be removed."
                )
        cluster.update(
            capacityProviders=names, defaultCapacityProviderStrategy=strategy, attachmentsStatus="UPDATE_COMPLETE"
        )
        return ActionResult({"cluster": to_cluster(cluster, ["ATTACHMENTS"])})

    # Capacity providers.
    def create_capacity_provider(self) -> ActionResult:
        return ActionResult({"capacityProvider": create_provider(self.region, self._body)})

    def update_capacity_provider(self) -> ActionResult:
        return ActionResult({"capacityProvider": update_provider(self.region, self._body)})

    def delete_capacity_provider(self) -> ActionResult:
        used = [
            name
            for one in clusters_in(self.region).values()
            if one["status"] == "ACTIVE"
            for name in one["capacityProviders"]
        ]
        return ActionResult({"capacityProvider": delete_provider(self.region, self._body["capacityProvider"], used)})

    def describe_capacity_providers(self) -> ActionResult:
        names = self._body.get("capacityProviders") or [*FARGATE, *providers_in(self.region)]
        found = [find_provider(self.region, name) for name in names]
        missing = [last(name) for name, provider in zip(names, found, strict=True) if provider is None]
        shown = [self._without_tags(provider) for provider in found if provider is not None]
        return ActionResult({"capacityProviders": shown, "failures": self._missing("capacity-provider", missing)})

    # Task definitions.
    def register_task_definition(self) -> ActionResult:
        definition = register(self.region, self._body, self._who)
        return ActionResult({"taskDefinition": definition, "tags": definition["tags"]})

    def describe_task_definition(self) -> ActionResult:
        definition = find_definition(self.region, self._body["taskDefinition"])
        tags = definition["tags"] if "TAGS" in (self._body.get("include") or []) else []
        return ActionResult({"taskDefinition": definition, "tags": tags})

    def deregister_task_definition(self) -> ActionResult:
        return ActionResult({"taskDefinition": deregister(self.region, self._body["taskDefinition"])})

    def delete_task_definitions(self) -> ActionResult:
        names = self._body["taskDefinitions"]
        found = [find_definition(self.region, name) for name in names]
        for definition in found:
            if definition["status"] == "ACTIVE":
                raise invalid("The specified task definition is still in ACTIVE status. Deregister it and try again.")
            definition["status"] = "DELETE_IN_PROGRESS"
        return ActionResult({"taskDefinitions": found, "failures": []})

    def list_task_definitions(self) -> ActionResult:
        prefix, status = self._body.get("familyPrefix"), self._body.get("status") or "ACTIVE"
        arns = [
            one["taskDefinitionArn"]
            for family, revisions in sorted(families_in(self.region).items())
            for one in revisions
            if prefix in (None, family) and one["status"] == status
        ]
        return ActionResult({"taskDefinitionArns": arns[::-1] if self._body.get("sort") == "DESC" else arns})

    def list_task_definition_families(self) -> ActionResult:
        prefix, status = self._body.get("familyPrefix") or "", self._body.get("status") or "ALL"
        families = [
            family
            for family, revisions in sorted(families_in(self.region).items())
            if family.startswith(prefix)
            and (status == "ALL" or any(one["status"] == "ACTIVE" for one in revisions) == (status == "ACTIVE"))
        ]
        return ActionResult({"families": families})

    # Tags.
    def list_tags_for_resource(self) -> ActionResult:
        return ActionResult({"tags": self._tagged["tags"]})

    def tag_resource(self) -> EmptyResult:
        record = self._tagged
        record["tags"] = merge_tags(record["tags"], self._body["tags"])
        return EmptyResult()

    def untag_resource(self) -> EmptyResult:
        record = self._tagged
        record["tags"] = [tag for tag in record["tags"] if tag["key"] not in self._body["tagKeys"]]
        return EmptyResult()

    @property
    def _tagged(self) -> Record:
        resource = self._body["resourceArn"]
        kind, name = resource.split(":", 5)[5].partition("/")[::2]
        found: Record | None
        if kind == "cluster":
            found = find_cluster(self.region, name)
        elif kind == "capacity-provider":
            found = find_provider(self.region, name)
        elif kind == "task-definition":
            found = find_definition(self.region, name)
        else:
            found = self._tagged_other(resource)
        if found is None or "tags" not in found:
            raise EcsError("ResourceNotFoundException", f"The specified resource is not there: {resource}.")
        return found

    # What the answers share.
    def _check_providers(self, names: list[str]) -> None:
        for name in names:
            if find_provider(self.region, name) is None:
                raise invalid(
                    f"The specified capacity provider {last(name)} was not found. Specify a valid name or ARN and try "
                    "again."
                )

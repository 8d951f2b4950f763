"""Clusters, and which capacity providers they have."""

from typing import Any

from ..cloud import cloud
from .errors import EcsError, client
from .names import Record, arn, last

# What DescribeClusters tells only when it is asked to.
INCLUDED = {"TAGS": "tags", "SETTINGS": "settings", "CONFIGURATIONS": "configuration", "STATISTICS": "statistics"}
ATTACHMENTS = ("attachments", "attachmentsStatus")

_clusters: dict[str, dict[str, Record]] = {}


def clusters_in(region: str) -> dict[str, Record]:
    """By name. A deleted one stays, INACTIVE, as on AWS."""
    return _clusters.setdefault(region, {})


def find_cluster(region: str, name_or_arn: str | None) -> Record:
    cluster = clusters_in(region).get(last(name_or_arn or "default"))
    if cluster is None or cluster["status"] != "ACTIVE":
        raise EcsError("ClusterNotFoundException", "Cluster not found.")
    return cluster


def create_cluster(region: str, params: dict[str, Any]) -> Record:
    """Again with the same name it is the one that is there."""
    name = params.get("clusterName") or "default"
    known = clusters_in(region).get(name)
    if known is not None and known["status"] == "ACTIVE":
        return known
    cluster: Record = {
        "clusterArn": arn(region, "cluster", name),
        "clusterName": name,
        "status": "ACTIVE",
        "registeredContainerInstancesCount": 0,
        "runningTasksCount": 0,
        "pendingTasksCount": 0,
        "activeServicesCount": 0,
        "statistics": [],
        "tags": params.get("tags") or [],
        "settings": params.get("settings") or [{"name": "containerInsights", "value": "disabled"}],
        "capacityProviders": params.get("capacityProviders") or [],
        "defaultCapacityProviderStrategy": params.get("defaultCapacityProviderStrategy") or [],
        "attachments": [],
    }
    for name in ("configuration", "serviceConnectDefaults"):
        if params.get(name):
            cluster[name] = params[name]
    clusters_in(region)[cluster["clusterName"]] = cluster
    cloud().event("cluster-created", None, cluster=cluster["clusterName"])
    return cluster


def update_cluster(cluster: Record, params: dict[str, Any]) -> Record:
    for name in ("settings", "configuration", "serviceConnectDefaults"):
        if params.get(name) is not None:
            cluster[name] = params[name]
    return cluster


def delete_cluster(cluster: Record, instances: int, tasks: int) -> Record:
    if instances:
        raise EcsError(
            "ClusterContainsContainerInstancesException",
            "The Cluster cannot be deleted while Container Instances are active or draining.",
        )
    if tasks:
        raise EcsError("ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.")
    if cluster["status"] != "ACTIVE":
        raise client("The cluster is inactive.")
    cluster.update(status="INACTIVE", capacityProviders=[], defaultCapacityProviderStrategy=[])
    cloud().event("cluster-deleted", None, cluster=cluster["clusterName"])
    return cluster


def to_cluster(cluster: Record, include: list[str]) -> Record:
    hidden = {field for word, field in INCLUDED.items() if word not in include}
    if "ATTACHMENTS" not in include:
        hidden.update(ATTACHMENTS)
    return {name: value for name, value in cluster.items() if name not in hidden}

"""The instance refreshes of all groups: started, cancelled, described."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.autoscaling.exceptions import AutoscalingClientError

from ..cloud import cloud
from .refreshing import InstanceRefresh
from .settings import set_launching

if TYPE_CHECKING:
    from .group import Group


class Refreshes:
    """By group, newest first."""

    def __init__(self) -> None:
        self._all: dict[str, list[InstanceRefresh]] = {}

    def start(self, group: Group, params: dict[str, Any]) -> InstanceRefresh:
        if params.get("Strategy") not in (None, "Rolling"):
            raise NotImplementedError(f"The local AWS refreshes by replacing, not by {params['Strategy']}.")
        if group.refresh is not None and group.refresh.active:
            raise AutoscalingClientError(
                "InstanceRefreshInProgress",
                "An Instance Refresh is already in progress and blocks the execution of this Instance Refresh.",
            )
        configuration = params.get("DesiredConfiguration")
        refresh = InstanceRefresh(group, params.get("Preferences") or {}, configuration)
        if configuration:
            # AWS launches from it at once, and makes it the group's when the refresh is successful.
            set_launching(group, configuration)
        refresh.begin()
        group.refresh = refresh
        self._all.setdefault(group.name, []).insert(0, refresh)
        cloud().event("refresh-started", group.name, preferences=refresh.preferences)
        group.reconcile()
        return refresh

    def cancel(self, group: Group, wait: bool) -> InstanceRefresh:
        if group.refresh is None or not group.refresh.active:
            raise AutoscalingClientError(
                "ActiveInstanceRefreshNotFound",
                f"No in progress or pending Instance Refresh found for Auto Scaling group {group.name}",
            )
        group.refresh.cancel(wait)
        group.reconcile()
        return group.refresh

    def of(self, group: str, ids: list[str]) -> list[InstanceRefresh]:
        return [refresh for refresh in self._all.get(group, []) if not ids or refresh.instance_refresh_id in ids]

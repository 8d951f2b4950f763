"""Lifecycle hooks, and the waits of single instances in them."""

import uuid
from collections.abc import Callable
from typing import Any, Literal

from ..cloud import cloud

LAUNCHING = "autoscaling:EC2_INSTANCE_LAUNCHING"
TERMINATING = "autoscaling:EC2_INSTANCE_TERMINATING"
GLOBAL_LIMIT = 172_800  # 48 h

Result = Literal["CONTINUE", "ABANDON"]


class LifecycleHook:
    """Attribute names are those that moto's serializer looks for."""

    def __init__(self, group: str, spec: dict[str, Any]):
        self.auto_scaling_group_name = group
        self.lifecycle_hook_name: str = spec["LifecycleHookName"]
        self.lifecycle_transition: str = spec["LifecycleTransition"]
        self.heartbeat_timeout = 3600
        self.default_result: Result = "ABANDON"
        self.notification_metadata: str | None = None
        self.notification_target_arn: str | None = None
        self.role_arn: str | None = None
        self.update(spec)

    def update(self, spec: dict[str, Any]) -> None:
        """What is not given stays as it was; an empty target takes it away."""
        given = {name: value for name, value in spec.items() if value is not None}
        self.heartbeat_timeout = int(given.get("HeartbeatTimeout", self.heartbeat_timeout))
        self.default_result = given.get("DefaultResult", self.default_result)
        self.notification_metadata = given.get("NotificationMetadata", self.notification_metadata)
        self.notification_target_arn = given.get("NotificationTargetARN", self.notification_target_arn) or None
        self.role_arn = given.get("RoleARN", self.role_arn)
        self.global_timeout = min(GLOBAL_LIMIT, 100 * self.heartbeat_timeout)


class Wait:
    """One instance held by one hook, until it is completed or a deadline passes."""

    def __init__(self, hook: LifecycleHook, expired: Callable[["Wait"], None]):
        self.hook = hook
        self.token = str(uuid.uuid4())
        self._expired = expired
        # As on AWS, a hook that is edited later does not change the waits that have begun.
        self._heartbeat = hook.heartbeat_timeout
        self._limit = cloud().clock.now() + hook.global_timeout
        self.heartbeat()

    def heartbeat(self) -> None:
        clock = cloud().clock
        self.cancel()
        self.deadline = min(clock.now() + self._heartbeat, self._limit)
        self._timer = clock.at(self.deadline, lambda: self._expired(self))

    def cancel(self) -> None:
        if hasattr(self, "_timer"):
            self._timer.cancel()

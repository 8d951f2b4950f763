"""What the calls about lifecycle hooks check and do."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from moto.autoscaling.exceptions import ValidationError

from . import notifications
from .hooks import TERMINATING, LifecycleHook, Result, Wait

if TYPE_CHECKING:
    from .group import Group
    from .member import Member


def put_hook(group: Group, spec: dict[str, Any]) -> None:
    heartbeat = spec.get("HeartbeatTimeout")
    if heartbeat is not None and not 1 <= int(heartbeat) <= 7200:
        # AWS wants at least 30 s; shorter ones are allowed here so that tests need not wait.
        raise ValidationError(f"HeartbeatTimeout must be between 30 and 7200 seconds, not {heartbeat}.")
    known = group.hooks.get(spec["LifecycleHookName"])
    if known is None and not spec.get("LifecycleTransition"):
        raise ValidationError("A new lifecycle hook needs a LifecycleTransition.")
    # A copy, so that one that is refused changes nothing.
    hook = LifecycleHook(group.name, spec) if known is None else copy.copy(known)
    hook.update(spec)
    notifications.check_target(hook)
    group.hooks[hook.lifecycle_hook_name] = hook
    notifications.send_test(group, hook)


def delete_hook(group: Group, name: str) -> None:
    hook = group.hooks.pop(name, None)
    if hook is None:
        raise ValidationError(f"No Lifecycle Hook found with name {name}")
    result: Result = "CONTINUE" if hook.lifecycle_transition == TERMINATING else "ABANDON"
    for member in list(group.members):
        wait = member.waits.get(name)
        if wait is not None:
            group.complete(member, wait, result, "Lifecycle Hook was deleted")
    group.reconcile()


def find_wait(group: Group, params: dict[str, Any]) -> tuple[Member, Wait]:
    """By the token of the lifecycle action, or by the instance."""
    hook, token = params["LifecycleHookName"], params.get("LifecycleActionToken")
    instance_id = params.get("InstanceId")
    for member in group.members:
        wait = member.wait_with(hook, token)
        if wait is not None and (token is not None or member.instance_id == instance_id):
            return member, wait
    if token is not None:
        raise ValidationError(f"No active Lifecycle Action found with token {token}")
    raise ValidationError(f"No active Lifecycle Action found with instance ID {instance_id}")

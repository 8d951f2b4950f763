"""An Auto Scaling group: its state, and the way of its instances through their lifecycle."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto.autoscaling.exceptions import ValidationError
from moto.autoscaling.models import FakeAutoScalingGroup

from ..clock import Timer
from ..cloud import cloud
from ..ec2 import terminate_instance
from . import deletion, health, notifications, pooling, sizing
from .activities import Activities, Activity, stamp
from .growth import pause_launching
from .hooks import LAUNCHING, TERMINATING, LifecycleHook, Result, Wait
from .member import Member
from .pool import WarmPool
from .refreshing import InstanceRefresh


class Group(FakeAutoScalingGroup):
    """moto's group with its set-up and descriptions; all that moves is ours."""

    def __init__(self, **kwargs: Any):
        self.members: list[Member] = []
        self.hooks: dict[str, LifecycleHook] = {}
        self.status: str | None = None
        self.warm_pool: WarmPool | None  # type: ignore[assignment]
        self.refresh: InstanceRefresh | None = None
        # The one launched to even out the zones, and the zone that loses one for it.
        self.balancing: tuple[Member, str] | None = None
        self.unbalanced_since: float | None = None
        self.failures = 0
        self.retry_at = 0.0
        self._suspended: dict[str, str] = {}
        self._busy = self._again = False
        self._wakes: dict[str, Timer] = {}
        super().__init__(**kwargs)
        self.created_time = cloud().clock.utc()  # type: ignore[assignment]

    @property
    def activities(self) -> Activities:
        found: Activities = self.autoscaling_backend.activities  # type: ignore[attr-defined]
        return found

    # What moto's constructor and serializer use.
    def set_desired_capacity(self, new_capacity: int | None) -> None:
        self.desired_capacity: int = (self.min_size or 0) if new_capacity is None else new_capacity

    @property
    def instances(self) -> list[Member]:  # type: ignore[override]
        return [member for member in self.members if member.pool_state is None]

    @property
    def pooled(self) -> list[Member]:
        return [member for member in self.members if member.pool_state is not None]

    @property
    def warm_pool_size(self) -> int | None:
        return None if self.warm_pool is None else sum(not member.terminates for member in self.pooled)

    @property
    def suspended_processes(self) -> list[dict[str, str]]:
        return [{"ProcessName": name, "SuspensionReason": why} for name, why in self._suspended.items()]

    @suspended_processes.setter
    def suspended_processes(self, processes: list[str]) -> None:
        self._suspended = {name: f"User suspended at {stamp()}" for name in processes}

    def suspends(self, process: str) -> bool:
        return process in self._suspended

    def suspend(self, processes: list[str]) -> None:
        self.suspended_processes = [*self._suspended, *processes]
        cloud().event("suspended", self.name, processes=processes)

    def resume(self, processes: list[str]) -> None:
        self.suspended_processes = [name for name in self._suspended if name not in processes]
        cloud().event("resumed", self.name, processes=processes)
        for member in list(self.members):
            health.check_health(self, member)
            health.check_status(self, member)
        self.reconcile()

    # Size.
    @property
    def surplus(self) -> int:
        return sum(member.counts for member in self.members) - self.desired_capacity

    @property
    def extras(self) -> int:
        """Launched before others go: no surplus yet."""
        return sum(member.extra and member.counts for member in self.members)

    def resize(self, to: int, by: str) -> None:
        if to != self.desired_capacity:
            change: dict[str, Any] = {"from": self.desired_capacity, "to": to, "by": by}
            cloud().event("desired-changed", self.name, None, **change)
            self.desired_capacity = to

    def reconcile(self) -> None:
        """Makes the group what it should be; asked for while it does that, once more."""
        self._again = True
        if self._busy:
            return
        self._busy = True
        try:
            while self._again and self.status is None:
                self._again = False
                sizing.keep_size(self)
        finally:
            self._busy = False

    @contextmanager
    def held(self) -> Iterator[None]:
        """Reconciles once, at the end."""
        busy, self._busy = self._busy, True
        try:
            yield
        finally:
            self._busy = busy
        self.reconcile()

    def wake(self, purpose: str, due: float) -> None:
        """Reconciles again at that time; one timer a purpose."""
        known = self._wakes.get(purpose)
        if known is not None and known.due == due:
            return
        if known is not None:
            known.cancel()
        self._wakes[purpose] = cloud().clock.at(due, self.reconcile)

    def may_launch(self) -> bool:
        return not self.suspends("Launch") and cloud().clock.now() >= self.retry_at

    def may_terminate(self) -> bool:
        return not self.suspends("Terminate")

    # Waiting in hooks.
    def enter(self, member: Member, transition: str, from_pool: bool = False) -> None:
        hooks = [hook for hook in self.hooks.values() if hook.lifecycle_transition == transition]
        if not hooks:
            self.proceed(member)
            return
        launching = transition == LAUNCHING
        member.lifecycle_state = f"{member.prefix}{'Pending' if launching else 'Terminating'}:Wait"
        activity = member.launch if launching else member.termination
        if activity is not None:
            activity.wait_for_hook()
        event = "pending-wait" if launching else "terminating-wait"
        cloud().event(f"pool-{event}" if member.prefix else event, self.name, member.instance_id)
        for hook in hooks:
            wait = Wait(hook, lambda wait: self._expire(member, wait))
            member.waits[hook.lifecycle_hook_name] = wait
            notifications.send_wait(self, member, wait, from_pool)

    def _expire(self, member: Member, wait: Wait) -> None:
        cloud().event("hook-expired", self.name, member.instance_id, hook=wait.hook.lifecycle_hook_name)
        self.complete(member, wait, wait.hook.default_result, "Heartbeat Timeout Reached")

    def complete(self, member: Member, wait: Wait, result: Result, why: str) -> None:
        member.waits.pop(wait.hook.lifecycle_hook_name).cancel()
        if result == "ABANDON":
            member.drop_waits()
        if result == "ABANDON" and member.launches:
            self._abandon(member, f"Lifecycle Action with token {wait.token} was abandoned: {why}")
        elif not member.waits:
            self.proceed(member)

    def _abandon(self, member: Member, why: str) -> None:
        message = f"Instance failed to complete user's Lifecycle Action: {why}"
        member.launch.finish("Cancelled", message)
        cloud().event("abandoned", self.name, member.instance_id, reason=why)
        pause_launching(self)
        self.terminate(member, "an instance was taken out of service because its launch was abandoned.")

    def proceed(self, member: Member) -> None:
        if member.launches and member.pool_state is None:
            member.protected_from_scale_in = bool(self.new_instances_protected_from_scale_in)
            self.put_in_service(member)
        elif member.launches and member.pool_state is not None:
            pooling.put_in_pool(self, member, member.pool_state)
        else:
            member.lifecycle_state = f"{member.prefix}Terminating:Proceed"
            terminate_instance(member.instance)
            if member.instance.state == "terminated":
                self.remove(member)

    def put_in_service(self, member: Member) -> None:
        member.lifecycle_state = "InService"
        member.in_service_at = member.in_service_at or cloud().clock.now()
        member.launch.finish("Successful")
        self.failures = 0
        cloud().event("in-service", self.name, member.instance_id)
        self.reconcile()

    # Terminating.
    def terminate(self, member: Member, cause: str) -> Activity:
        """Takes the instance out of the count at once; it goes when its terminating hooks let it."""
        launched = not member.launches
        member.launch.finish("Cancelled", "The instance was terminated before it was in service.")
        member.drop_waits()
        member.lifecycle_state = f"{member.prefix}Terminating"
        activity = self.activity(f"Terminating EC2 instance: {member.instance_id}", cause)
        member.termination = activity
        cloud().event("terminating", self.name, member.instance_id, cause=cause)
        options = cloud().options
        abandoned = (
            not launched and member.launch.status_message is not None and "abandoned" in (member.launch.status_message)
        )
        stopped = member.pool_state is not None and member.instance.state != "running"
        if (
            (abandoned and not options.abandoned_runs_terminating_hook)
            or (member.dead and not options.dead_instance_waits)
            or (stopped and not options.stopped_instance_waits)
        ):
            self.proceed(member)
        else:
            self.enter(member, TERMINATING)
        return activity

    def remove(self, member: Member) -> None:
        if member not in self.members:
            return
        self.members.remove(member)
        member.lifecycle_state = f"{member.prefix}Terminated"
        if member.termination is not None:
            member.termination.finish("Successful")
        cloud().event("terminated", self.name, member.instance_id)
        deletion.end_group(self)
        pooling.end_pool(self)

    def delete(self, force: bool) -> None:  # type: ignore[override]
        deletion.delete_group(self, force)

    def member(self, instance_id: str) -> Member:
        for member in self.members:
            if member.instance_id == instance_id:
                return member
        raise ValidationError(f"The instance {instance_id} is not part of Auto Scaling group {self.name}.")

    def activity(self, description: str, cause: str) -> Activity:
        return self.activities.start(self.name, self.arn, description, cause)

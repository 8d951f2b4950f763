"""An Auto Scaling group: keeps as many instances as desired, each through its lifecycle."""

from typing import Any

from moto.autoscaling.exceptions import AutoscalingClientError, ValidationError
from moto.autoscaling.models import FakeAutoScalingGroup

from ..cloud import cloud
from ..ec2 import terminate_instance
from . import pooling
from .activities import Activities, Activity, stamp
from .hooks import LAUNCHING, TERMINATING, LifecycleHook, Result, Wait
from .launching import LaunchFailed, launch_instance, spot_is_next
from .member import Member
from .pool import WarmPool
from .victims import choose_victim

BETWEEN_SIZES = "in response to a difference between desired and actual capacity"


class Group(FakeAutoScalingGroup):
    """moto's group with its set-up and descriptions; all that moves is ours."""

    def __init__(self, **kwargs: Any):
        self.members: list[Member] = []
        self.hooks: dict[str, LifecycleHook] = {}
        self.status: str | None = None
        self.warm_pool: WarmPool | None  # type: ignore[assignment]
        self.failures = 0
        self.retry_at = 0.0
        self._suspended: dict[str, str] = {}
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

    def suspend(self, processes: list[str]) -> None:
        self.suspended_processes = [*self._suspended, *processes]
        cloud().event("suspended", self.name, processes=processes)

    def resume(self, processes: list[str]) -> None:
        self.suspended_processes = [name for name in self._suspended if name not in processes]
        cloud().event("resumed", self.name, processes=processes)
        for member in list(self.members):
            self.check_health(member)
        self.reconcile()

    # Size.
    def resize(self, to: int, by: str) -> None:
        if to != self.desired_capacity:
            change: dict[str, Any] = {"from": self.desired_capacity, "to": to, "by": by}
            cloud().event("desired-changed", self.name, None, **change)
            self.desired_capacity = to

    def reconcile(self) -> None:
        """Launches what is missing, terminates what is too much."""
        if self.status is not None:
            return
        while self.may_terminate() and self._surplus() > 0:
            if not self._shrink():
                break
        while self._surplus() < 0:
            if not self.may_launch() or not self._grow():
                break
        pooling.keep_pool(self)

    def may_launch(self) -> bool:
        return "Launch" not in self._suspended and cloud().clock.now() >= self.retry_at

    def may_terminate(self) -> bool:
        return "Terminate" not in self._suspended

    def _surplus(self) -> int:
        return sum(member.counts for member in self.members) - self.desired_capacity

    def _shrink(self) -> bool:
        template = self.ec2_launch_template
        victim = choose_victim(
            [member for member in self.members if member.counts],
            template.id if template else "",
            cloud().clock.utc(),
        )
        if victim is None:
            why = "Could not scale to desired capacity because all remaining instances are protected from scale-in."
            if not any(a.status_message == why for a in self.activities.of(self.name, [])[:1]):
                self.activity("Terminating EC2 instance", "an instance was to be taken out of service").finish(
                    "Cancelled", why
                )
            return False
        self.terminate(victim, f"an instance was taken out of service {BETWEEN_SIZES}.")
        return True

    # Launching.
    def _grow(self) -> bool:
        ready = next((member for member in self.pooled if member.ready), None)
        return self.launch(None) if ready is None else pooling.take_from_pool(self, ready)

    def launch(self, pool_state: str | None) -> bool:
        """A new instance, for the group or, with a state, for its warm pool."""
        where, why = (" into warm pool", pooling.BETWEEN_SIZES) if pool_state else ("", BETWEEN_SIZES)
        activity = self.activity(f"Launching a new EC2 instance{where}", f"an instance was started {why}.")
        present = [member for member in self.members if not member.terminates]
        spot = sum(member.instance.lifecycle == "spot" for member in present)
        try:
            instance, template = launch_instance(
                self,
                [member.availability_zone for member in present],
                spot_is_next(self.mixed_instances_policy, len(present) - spot, spot),
            )
        except LaunchFailed as error:
            activity.finish("Failed", f"{error} Launching EC2 instance failed.")
            cloud().event("launch-failed", self.name, code=error.code, message=str(error))
            self.pause_launching()
            return False
        activity.description += f": {instance.id}"
        member = Member(self.name, instance, template, activity, pool_state)
        self.members.append(member)
        cloud().event("pool-launching" if pool_state else "launching", self.name, instance.id)
        self.enter(member, LAUNCHING)
        return True

    def pause_launching(self) -> None:
        options, clock = cloud().options, cloud().clock
        pause = min(options.launch_retry_max_seconds, options.launch_retry_seconds * 2**self.failures)
        self.failures += 1
        self.retry_at = clock.now() + pause
        clock.at(self.retry_at, self.reconcile)

    def _put_in_service(self, member: Member) -> None:
        member.lifecycle_state = "InService"
        member.protected_from_scale_in = bool(self.new_instances_protected_from_scale_in)
        member.launch.finish("Successful")
        self.failures = 0
        cloud().event("in-service", self.name, member.instance_id)

    # Waiting in hooks.
    def enter(self, member: Member, transition: str) -> None:
        hooks = [hook for hook in self.hooks.values() if hook.lifecycle_transition == transition]
        for hook in hooks:
            member.waits[hook.lifecycle_hook_name] = Wait(hook, lambda wait: self._expire(member, wait))
        if not hooks:
            self._proceed(member)
            return
        launching = transition == LAUNCHING
        member.lifecycle_state = f"{member.prefix}{'Pending' if launching else 'Terminating'}:Wait"
        activity = member.launch if launching else member.termination
        if activity is not None:
            activity.wait_for_hook()
        event = "pending-wait" if launching else "terminating-wait"
        cloud().event(f"pool-{event}" if member.prefix else event, self.name, member.instance_id)

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
            self._proceed(member)

    def _abandon(self, member: Member, why: str) -> None:
        message = f"Instance failed to complete user's Lifecycle Action: {why}"
        member.launch.finish("Cancelled", message)
        cloud().event("abandoned", self.name, member.instance_id, reason=why)
        self.pause_launching()
        self.terminate(member, "an instance was taken out of service because its launch was abandoned.")

    def _proceed(self, member: Member) -> None:
        if member.launches:
            if member.pool_state is None:
                self._put_in_service(member)
            else:
                pooling.put_in_pool(self, member, member.pool_state)
            return
        member.lifecycle_state = f"{member.prefix}Terminating:Proceed"
        terminate_instance(member.instance)
        if member.instance.state == "terminated":
            self._remove(member)

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
            self._proceed(member)
        else:
            self.enter(member, TERMINATING)
        return activity

    def instance_ended(self, member: Member) -> None:
        """EC2 says that the instance is stopped or terminated, asked or not."""
        if member.lifecycle_state.endswith("Terminating:Proceed"):
            self._remove(member)
        elif member.lifecycle_state == "Warmed:Pending:Proceed" and member.instance.state == "stopped":
            self._proceed(member)
        else:
            cloud().clock.after(cloud().options.health_check_seconds, lambda: self.check_health(member))

    def check_health(self, member: Member) -> None:
        if member not in self.members or not member.dead:
            return
        if "HealthCheck" in self._suspended:
            return
        member.health_status = "Unhealthy"
        if member.lifecycle_state.endswith("Terminating:Wait") and not cloud().options.dead_instance_waits:
            member.drop_waits()
            self._proceed(member)
        elif not member.terminates and not {"ReplaceUnhealthy", "Terminate"} & set(self._suspended):
            cloud().event("unhealthy", self.name, member.instance_id, state=member.instance.state)
            if member.launches:
                self.pause_launching()
            self.terminate(
                member,
                "an instance was taken out of service in response to an EC2 health check "
                "indicating it has been terminated or stopped.",
            )
            self.reconcile()

    def _remove(self, member: Member) -> None:
        if member not in self.members:
            return
        self.members.remove(member)
        member.lifecycle_state = f"{member.prefix}Terminated"
        if member.termination is not None:
            member.termination.finish("Successful")
        cloud().event("terminated", self.name, member.instance_id)
        if self.status is not None and not self.members:
            self.autoscaling_backend.autoscaling_groups.pop(self.name, None)
            cloud().event("group-deleted", self.name)
        pooling.end_pool(self)

    def release(self, members: list[Member]) -> None:
        """Ends them now, whatever they wait for."""
        hooks, self.hooks = self.hooks, {}
        for member in members:
            if not member.terminates:
                self.terminate(member, "an instance was taken out of service: its group or pool is deleted.")
            elif member.waits:
                member.drop_waits()
                self._proceed(member)
        self.hooks = hooks

    def delete(self, force: bool) -> None:  # type: ignore[override]
        if self.members and not force:
            raise AutoscalingClientError(
                "ResourceInUse",
                "You cannot delete an AutoScalingGroup while there are instances or pending Spot instance "
                "request(s) still in the group.",
            )
        self.status = "Delete in progress"
        self.resize(0, "delete")
        self.release(list(self.members))
        if not self.members:
            self.autoscaling_backend.autoscaling_groups.pop(self.name, None)
            cloud().event("group-deleted", self.name)

    def member(self, instance_id: str) -> Member:
        for member in self.members:
            if member.instance_id == instance_id:
                return member
        raise ValidationError(f"The instance {instance_id} is not part of Auto Scaling group {self.name}.")

    def activity(self, description: str, cause: str) -> Activity:
        return self.activities.start(self.name, self.arn, description, cause)

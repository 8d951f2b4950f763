"""The Auto Scaling service: what its calls check and do."""

from typing import Any

import moto.autoscaling.models as moto_models
from moto.autoscaling.exceptions import AutoscalingClientError, ValidationError
from moto.autoscaling.models import AutoScalingBackend, autoscaling_backends
from moto.ec2.models.instances import Instance

from .. import ec2
from ..cloud import ACCOUNT, cloud
from .activities import Activities, Activity
from .group import Group
from .health import check_status, instance_ended
from .hooking import put_hook
from .member import Member
from .refreshes import Refreshes
from .scheduled import ScheduledActions
from .settings import check_sizes, remember, set_launching

PROCESSES = [
    "Launch",
    "Terminate",
    "AddToLoadBalancer",
    "AlarmNotification",
    "AZRebalance",
    "HealthCheck",
    "InstanceRefresh",
    "ReplaceUnhealthy",
    "ScheduledActions",
]

# A limit of SetInstanceProtection.
PROTECTED_AT_ONCE = 50


class Backend(AutoScalingBackend):
    # moto finds the URLs of a service beside the module of its backend.
    __module__ = AutoScalingBackend.__module__

    def __init__(self, region_name: str, account_id: str):
        super().__init__(region_name, account_id)
        self.activities = Activities()
        self.refreshes = Refreshes()
        # Instances that a group had, and that run on without it.
        self.detached: set[str] = set()
        self.actions = ScheduledActions(self.group, self.update)

    def group(self, name: str | None) -> Group:
        group = self.autoscaling_groups.get(name or "")
        if not isinstance(group, Group):
            raise ValidationError(f"AutoScalingGroup name not found - AutoScalingGroup '{name}' not found")
        return group

    def groups(self) -> list[Group]:
        return [group for group in self.autoscaling_groups.values() if isinstance(group, Group)]

    def find(self, instance_id: str) -> tuple[Group, Member]:
        for group in self.groups():
            for member in group.members:
                if member.instance_id == instance_id:
                    return group, member
        raise ValidationError(f"Instance Id not found - No managed instance found for instance ID {instance_id}")

    # Groups.
    def create(self, params: dict[str, Any], **for_moto: Any) -> None:
        if for_moto["name"] in self.autoscaling_groups:
            raise AutoscalingClientError(
                "AlreadyExists",
                f"AutoScalingGroup by this name already exists - A group with the name {for_moto['name']} "
                "already exists",
            )
        check_sizes(for_moto["min_size"], for_moto["max_size"], for_moto["desired_capacity"])
        group = super().create_auto_scaling_group(**for_moto)
        assert isinstance(group, Group)
        try:
            remember(group, params)
            for spec in params.get("LifecycleHookSpecificationList") or []:
                put_hook(group, spec)
        except Exception:
            self.autoscaling_groups.pop(group.name)
            raise
        group.reconcile()

    def update(self, name: str | None, params: dict[str, Any]) -> None:
        group = self.group(name)
        low = group.min_size if params.get("MinSize") is None else int(params["MinSize"])
        high = group.max_size if params.get("MaxSize") is None else int(params["MaxSize"])
        wanted = params.get("DesiredCapacity")
        check_sizes(low, high, None if wanted is None else int(wanted))
        zones, subnets = params.get("AvailabilityZones") or [], params.get("VPCZoneIdentifier")
        group._set_azs_and_vpcs(zones, subnets, update=True)
        set_launching(group, params)
        remember(group, params)
        group.min_size, group.max_size = low, high
        size = group.desired_capacity if wanted is None else int(wanted)
        group.resize(min(max(size, low or 0), high or 0), by())
        group.reconcile()

    def delete(self, name: str | None, force: bool) -> None:
        group = self.group(name)
        group.delete(force)
        self.actions.drop(group.name)

    def set_size(self, name: str | None, size: int, who: str) -> None:
        group = self.group(name)
        for limit, word, outside in (
            (group.max_size or 0, "above max", size > (group.max_size or 0)),
            (group.min_size or 0, "below min", size < (group.min_size or 0)),
        ):
            if outside:
                raise ValidationError(
                    f"New SetDesiredCapacity value {size} is {word} value {limit} for the AutoScalingGroup."
                )
        group.resize(size, who)
        group.reconcile()

    # Instances.
    def terminate_member(self, instance_id: str, decrement: bool) -> Activity:
        group, member = self.find(instance_id)
        if member.pool_state is not None:
            raise ValidationError(f"The instance {instance_id} is in a warm pool ({member.lifecycle_state}).")
        if member.terminates or member.lifecycle_state == "Detaching":
            # Not confirmed for AWS; a decrement that counts twice would be worse than an error.
            raise AutoscalingClientError(
                "ScalingActivityInProgress",
                f"The instance {instance_id} is already being terminated ({member.lifecycle_state}).",
            )
        before = group.desired_capacity
        decrement = decrement and (member.counts or cloud().options.standby_termination_decrements)
        if decrement:
            if before <= (group.min_size or 0):
                raise ValidationError(
                    f"Currently, desiredSize equals minSize ({group.min_size}). Terminating instance without "
                    "replacement will violate group's min size constraint. Either set "
                    "shouldDecrementDesiredCapacity flag to false or lower group's min size."
                )
            group.resize(before - 1, by())
        shrink = f", shrinking the capacity from {before} to {before - 1}" if decrement else ""
        activity = group.terminate(
            member, f"instance {instance_id} was taken out of service in response to a user request{shrink}."
        )
        group.reconcile()
        return activity

    def protect(self, name: str | None, instance_ids: list[str], protected: bool) -> None:
        group = self.group(name)
        if len(instance_ids) > PROTECTED_AT_ONCE:
            raise ValidationError(f"At most {PROTECTED_AT_ONCE} instances at once, not {len(instance_ids)}.")
        members = [group.member(instance_id) for instance_id in instance_ids]
        for member in members:
            if not member.in_service and not member.on_standby:
                raise ValidationError(
                    f"The instance {member.instance_id} is not in InService or EnteringStandby or Standby."
                )
        for member in members:
            member.protected_from_scale_in = protected
            cloud().event("protected" if protected else "unprotected", group.name, member.instance_id)
        group.reconcile()

    def set_health(self, instance_id: str, status: str) -> None:
        group, member = self.find(instance_id)
        member.health_status = status
        if status == "Unhealthy" and (member.counts or member.pool_state is not None) and not member.terminates:
            group.terminate(
                member,
                "an instance was taken out of service in response to a user health-check.",
            )
            group.reconcile()


def by() -> str:
    return cloud().principal or "aws"


def _find(instance: Instance) -> tuple[Group, Member] | None:
    for region in autoscaling_backends[ACCOUNT].values():
        try:
            found: tuple[Group, Member] = region.find(instance.id)  # type: ignore[attr-defined]
            return found
        except ValidationError:
            continue
    return None


def _ended(instance: Instance) -> None:
    found = _find(instance)
    if found is not None:
        instance_ended(*found)


def _checked(instance: Instance) -> None:
    found = _find(instance)
    if found is not None:
        cloud().clock.after(cloud().options.health_check_seconds, lambda: check_status(*found))


def _describe(instance: Instance) -> dict[str, Any]:
    found = _find(instance)
    if found is not None:
        group, member = found
        return {
            "group": group.name,
            "lifecycleState": member.lifecycle_state,
            "targetLifecycleState": member.target_state,
        }
    detached = any(instance.id in region.detached for region in autoscaling_backends[ACCOUNT].values())  # type: ignore[attr-defined]
    return {"targetLifecycleState": "Detached"} if detached else {}


def install() -> None:
    autoscaling_backends.backend = Backend
    moto_models.FakeAutoScalingGroup = Group  # type: ignore[assignment, misc]
    ec2.ended_listeners.append(_ended)
    ec2.checks_listeners.append(_checked)
    ec2.describers.append(_describe)

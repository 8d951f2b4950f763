"""How instances come into a group's warm pool, wait there, and leave it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.autoscaling.exceptions import AutoscalingClientError, ValidationError

from ..cloud import cloud
from ..ec2 import start_instance, stop_instance
from .deletion import release
from .growth import launch, pause_launching
from .hooks import LAUNCHING
from .member import Member
from .pool import WarmPool

if TYPE_CHECKING:
    from .group import Group


def put_pool(group: Group, params: dict[str, Any]) -> None:
    pool = group.warm_pool or WarmPool()
    if group.mixed_instances_policy:
        raise ValidationError(
            "You can't add a warm pool to an Auto Scaling group that has a mixed instances policy "
            "or a launch template or launch configuration that requests Spot Instances."
        )
    if (params.get("InstanceReusePolicy") or {}).get("ReuseOnScaleIn"):
        raise NotImplementedError("The local AWS returns no instances to a warm pool.")
    if pool.status:
        raise AutoscalingClientError("ResourceInUse", "The warm pool is being deleted.")
    pool.update(params)
    group.warm_pool = pool
    group.reconcile()


def delete_pool(group: Group, force: bool) -> None:
    if group.warm_pool is None:
        raise ValidationError(f"No warm pool found for {group.name}.")
    if group.pooled and not force:
        raise AutoscalingClientError("ResourceInUse", "The warm pool has instances: drain it, or delete it by force.")
    group.warm_pool.status = "PendingDelete"
    release(group, group.pooled)
    end_pool(group)


def end_pool(group: Group) -> None:
    """A pool that is deleted goes with its last instance."""
    if group.warm_pool is not None and group.warm_pool.status and not group.pooled:
        group.warm_pool = None
        cloud().event("pool-deleted", group.name)


def keep_pool(group: Group) -> None:
    """The group comes first: its pool is filled from what remains."""
    pool = group.warm_pool
    if pool is None:
        return
    wanted = 0 if pool.status else pool.size(group.desired_capacity, group.max_size or 0)
    while group.may_terminate() and (group.warm_pool_size or 0) > wanted:
        victim = min((m for m in group.pooled if not m.terminates), key=lambda m: not m.launches)
        group.terminate(
            victim,
            "an instance was taken out of the warm pool in response to a difference between the desired and actual "
            "prepared capacity.",
        )
    while (group.warm_pool_size or 0) < wanted:
        if not group.may_launch() or not launch(group, pool.pool_state):
            break
    end_pool(group)


def put_in_pool(group: Group, member: Member, pool_state: str) -> None:
    """When its launching hooks let it go on; and again when EC2 says that it is stopped."""
    if pool_state != "Running" and member.instance.state != "stopped":
        if member.lifecycle_state != "Warmed:Pending:Proceed":
            member.lifecycle_state = "Warmed:Pending:Proceed"
            stop_instance(member.instance)
        return
    member.lifecycle_state = f"Warmed:{pool_state}"
    member.launch.finish("Successful")
    group.failures = 0
    cloud().event("pooled", group.name, member.instance_id)


def take_from_pool(group: Group, member: Member) -> bool:
    """Into the group, through its launching hooks."""
    activity = group.activity(
        f"Launching a new EC2 instance from warm pool: {member.instance_id}",
        "an instance was started in response to a difference between desired and actual capacity.",
    )
    fault = cloud().faults.take("ec2", "StartInstances", group.name)
    if fault is not None and fault.status is not None:
        activity.finish("Failed", f"{fault.message} Launching EC2 instance failed.")
        cloud().event("launch-failed", group.name, member.instance_id, code=fault.code, message=fault.message)
        pause_launching(group)
        return False
    member.launch, member.pool_state, member.lifecycle_state = activity, None, "Pending"
    start_instance(member.instance)
    cloud().event("launching", group.name, member.instance_id, origin="warm pool")
    group.enter(member, LAUNCHING, from_pool=True)
    return True

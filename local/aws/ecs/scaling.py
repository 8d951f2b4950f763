"""Managed scaling: as many instances as the tasks need, by the desired capacity of the provider's group.

AWS looks every minute, and lets an instance without tasks go after 15 of them:
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html
"""

from moto.ec2.models.instance_types import INSTANCE_TYPES

from ..autoscaling.backend import Backend
from ..autoscaling.group import Group
from ..clock import Timer
from ..cloud import cloud
from .instances import ContainerInstance, Size, instances_in, size_of
from .names import Record
from .placement import place_waiting, waiting
from .providers import find_group_of, providers_in

BY = "ecs"
_timers: dict[tuple[str, str], Timer] = {}


def changed(region: str) -> None:
    """There are other tasks or instances than before."""
    place_waiting(region)
    for name, provider in providers_in(region).items():
        if provider["autoScalingGroupProvider"]["managedScaling"]["status"] == "ENABLED":
            _look_after(region, name, cloud().options.ecs_scaling_seconds)


def _look_after(region: str, name: str, seconds: float) -> None:
    key, due = (region, name), cloud().clock.now() + seconds
    known = _timers.get(key)
    if known is not None and not known.cancelled and cloud().clock.now() <= known.due <= due:
        return
    if known is not None:
        known.cancel()
    _timers[key] = cloud().clock.at(due, lambda: _look(region, name))


def _look(region: str, name: str) -> None:
    _timers.pop((region, name), None)
    provider = providers_in(region).get(name)
    group = find_group_of(region, provider) if provider else None
    if provider is None or group is None:
        return
    own = [instance for instance in instances_in(region).values() if instance.provider == name]
    counted = {member.instance_id for member in group.members if member.counts}
    here = [instance for instance in own if instance.ec2.id in counted]
    missing = _missing(region, name, group, here)
    if missing:
        _grow(provider, group, here, missing)
    else:
        _shrink(region, provider, group, here)
    _keep_protected(provider, group, here)


def _missing(region: str, name: str, group: Group, here: list[ContainerInstance]) -> int:
    """How many instances would take the tasks that wait; those too large for one are left out, as on AWS."""
    size = here[0].size if here else _size_of_type(group)
    rooms: list[Size] = []
    for task in waiting(region, name):
        cpu, memory = size_of(task.definition)
        if cpu > size[0] or memory > size[1]:
            cloud().event("task-too-large", group.name, task=task.arn, instance=list(size))
            continue
        for index, room in enumerate(rooms):
            if cpu <= room[0] and memory <= room[1]:
                rooms[index] = (room[0] - cpu, room[1] - memory)
                break
        else:
            rooms.append((size[0] - cpu, size[1] - memory))
    return len(rooms)


def _grow(provider: Record, group: Group, here: list[ContainerInstance], missing: int) -> None:
    scaling = provider["autoScalingGroupProvider"]["managedScaling"]
    busy = sum(1 for instance in here if instance.tasks)
    # Those that boot are in the desired capacity, and not here yet. From none, AWS begins with more than it needs.
    step = max(missing, scaling["minimumScalingStepSize"], 0 if here else cloud().options.ecs_first_step)
    want = busy + min(step, scaling["maximumScalingStepSize"])
    to = min(want, group.max_size or 0)
    if to > group.desired_capacity:
        _resize(group, to)


def _shrink(region: str, provider: Record, group: Group, here: list[ContainerInstance]) -> None:
    clock, delay = cloud().clock, cloud().options.ecs_scale_in_seconds
    idle = [instance for instance in here if not instance.tasks and _in_service(group, instance)]
    due = [instance for instance in idle if clock.now() >= instance.idle_since + delay]
    room = max(0, group.desired_capacity - (group.min_size or 0))
    due = sorted(due, key=lambda instance: instance.idle_since)[:room]
    if due:
        if _protects(provider):
            _backend(group).protect(group.name, [instance.ec2.id for instance in due], False)
        _resize(group, group.desired_capacity - len(due))
    later = [instance.idle_since + delay - clock.now() for instance in idle if instance not in due]
    if later and room > len(due):
        _look_after(region, provider["name"], max(0.0, min(later)))


def _keep_protected(provider: Record, group: Group, here: list[ContainerInstance]) -> None:
    """What has tasks is not taken, also when a task came to it after all."""
    if not _protects(provider):
        return
    bare = [
        instance.ec2.id
        for instance in here
        if instance.tasks
        and any(
            m.instance_id == instance.ec2.id and m.in_service and not m.protected_from_scale_in for m in group.members
        )
    ]
    if bare:
        _backend(group).protect(group.name, bare, True)


def _protects(provider: Record) -> bool:
    return bool(provider["autoScalingGroupProvider"]["managedTerminationProtection"] == "ENABLED")


def _in_service(group: Group, instance: ContainerInstance) -> bool:
    return any(member.instance_id == instance.ec2.id and member.in_service for member in group.members)


def _resize(group: Group, to: int) -> None:
    group.resize(to, BY)
    group.reconcile()


def _backend(group: Group) -> Backend:
    backend = group.autoscaling_backend
    assert isinstance(backend, Backend)
    return backend


def _size_of_type(group: Group) -> Size:
    """Of its first instance type, while no instance has said it."""
    override = ((group.mixed_instances_policy or {}).get("LaunchTemplate") or {}).get("Overrides") or [{}]
    name = override[0].get("InstanceType") or group.instance_type
    known = INSTANCE_TYPES.get(name or "", {})
    return (
        1024 * int(known.get("VCpuInfo", {}).get("DefaultVCpus", 2)),
        int(known.get("MemoryInfo", {}).get("SizeInMiB", 4096)),
    )

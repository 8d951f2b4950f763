"""EC2 instances that take their time to end, and are real machines where a machines daemon is there."""

import base64
import copy
from collections.abc import Callable
from typing import Any

from moto.ec2.models import ec2_backends
from moto.ec2.models.instances import Instance, InstanceBackend, InstanceState, Reservation
from moto.iam.models import iam_backends

from .cloud import ACCOUNT, cloud

_moto_terminate = Instance.terminate
_moto_stop = Instance.stop
_moto_run = InstanceBackend.run_instances

# Told when an instance is stopped or terminated, whoever wanted it.
ended_listeners: list[Callable[[Instance], None]] = []
# Add to the record of an instance.
describers: list[Callable[[Instance], dict[str, Any]]] = []


def install() -> None:
    Instance.terminate = _terminate  # type: ignore[method-assign]
    Instance.stop = _stop  # type: ignore[method-assign]
    InstanceBackend.run_instances = _run_instances  # type: ignore[method-assign]


def terminate_instance(instance: Instance) -> None:
    instance.terminate()


def find_instance(instance_id: str) -> Instance | None:
    for backend in ec2_backends[ACCOUNT].values():
        for instance in backend.all_instances():
            if instance.id == instance_id:
                return instance
    return None


def machine_stopped(instance: Instance, reason: str) -> None:
    """The machine is off: asked to, by itself, or crashed."""
    if instance.state == "terminated":
        return
    cloud().event("machine-stopped", None, instance.id, reason=reason)
    if instance.state == "shutting-down" or instance.instance_initiated_shutdown_behavior == "terminate":
        _moto_terminate(instance)
    else:
        _moto_stop(instance)
    _tell(instance)


def describe(instance: Instance) -> dict[str, Any]:
    """The record of an instance that the machines daemon boots from and the metadata service shows."""
    images = ec2_backends[ACCOUNT][instance.region_name].describe_images(filters={"image-id": instance.image_id})
    user_data = instance.user_data
    record = {
        "instanceId": instance.id,
        "imageId": instance.image_id,
        "imageTags": {tag["key"]: tag["value"] for tag in images[0].get_tags()} if images else {},
        "instanceType": instance.instance_type,
        "availabilityZone": instance.availability_zone,
        "region": instance.region_name,
        "privateIp": instance.private_ip,
        "subnetId": instance.subnet_id,
        "userData": base64.b64decode(str(user_data)).decode() if user_data else "",
        "tags": {tag["key"]: tag["value"] for tag in instance.get_tags()},
        "roleArn": _role_of(instance),
        "state": instance.state,
        "launchedAt": instance.launch_time.isoformat(),
        "group": None,
        "lifecycleState": None,
        "targetLifecycleState": None,
    }
    for describer in describers:
        record.update(describer(instance))
    return record


def _role_of(instance: Instance) -> str | None:
    profile = instance.iam_instance_profile
    if not profile:
        return None
    for candidate in iam_backends[ACCOUNT]["aws"].instance_profiles.values():
        if candidate.arn == profile.get("Arn") and candidate.roles:
            return candidate.roles[0].arn
    return None


def _run_instances(self: Any, *args: Any, **kwargs: Any) -> Reservation:
    reservation = _moto_run(self, *args, **kwargs)
    for instance in reservation.instances:
        instance.launch_time = cloud().clock.utc()
    if cloud().machines.exist:
        for instance in reservation.instances:
            # After the request: tags, role and group are added to the instance only then.
            cloud().clock.after(0, lambda instance=instance: _boot(instance))  # type: ignore[misc]
    return reservation


def _boot(instance: Instance) -> None:
    if instance.state == "running":
        cloud().machines.launch(describe(instance))


def _terminate(self: Instance) -> InstanceState:
    previous = copy.copy(self._state)
    if previous.name in ("shutting-down", "terminated"):
        return previous
    if cloud().machines.exist and previous.name == "running":
        self._state.name, self._state.code = "shutting-down", 32
        cloud().machines.terminate(self.id)
    else:
        _moto_terminate(self)
    _tell(self)
    return previous


def _stop(self: Instance) -> InstanceState:
    previous = _moto_stop(self)
    if cloud().machines.exist:
        cloud().machines.terminate(self.id)
    _tell(self)
    return previous


def _tell(instance: Instance) -> None:
    if instance.state in ("stopped", "terminated"):
        for listener in ended_listeners:
            listener(instance)

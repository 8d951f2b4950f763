"""EC2 instances that take their time to end, and are real machines where a machines daemon is there."""

import base64
import copy
from collections.abc import Callable
from functools import partial
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import ec2_backends
from moto.ec2.models.instances import Instance, InstanceBackend, InstanceState, Reservation, StateReason
from moto.ec2.models.subnets import Subnet
from moto.ec2.responses.instances import InstanceResponse
from moto.iam.models import iam_backends

from .cloud import ACCOUNT, cloud
from .images import check_image

# Of the status of a check, that of the one test it has.
REACHABILITY = {
    "ok": "passed",
    "impaired": "failed",
    "initializing": "initializing",
    "insufficient-data": "insufficient-data",
}

_moto_terminate = Instance.terminate
_moto_stop = Instance.stop
_moto_start = Instance.start
_moto_run = InstanceBackend.run_instances
_moto_answer = InstanceResponse.run_instances
_moto_next_address = Subnet.get_available_subnet_ip

# By region and client token of the request, which is not to start them twice.
_answers: dict[tuple[str, str], ActionResult] = {}
# Told when an instance is stopped or terminated, whoever wanted it.
ended_listeners: list[Callable[[Instance], None]] = []
# Told when the status checks of an instance change.
checks_listeners: list[Callable[[Instance], None]] = []
# Add to the record of an instance.
describers: list[Callable[[Instance], dict[str, Any]]] = []
# Instances that AWS took back.
_reclaimed: set[str] = set()
# By instance, what its status checks say instead of `ok`: {"instance": "impaired"}.
_checks: dict[str, dict[str, str]] = {}


def install() -> None:
    Instance.terminate = _terminate  # type: ignore[method-assign]
    Instance.stop = _stop  # type: ignore[method-assign]
    Instance.start = _start  # type: ignore[method-assign]
    InstanceBackend.run_instances = _run_instances  # type: ignore[method-assign]
    InstanceResponse.run_instances = _answer_once  # type: ignore[method-assign]
    Subnet.get_available_subnet_ip = _next_address  # type: ignore[method-assign]
    for check in ("instance", "system"):
        setattr(Instance, f"{check}_status", property(partial(_status, check)))


def terminate_instance(instance: Instance) -> None:
    instance.terminate()


def stop_instance(instance: Instance) -> None:
    instance.stop()


def start_instance(instance: Instance) -> None:
    instance.start()


def reclaim_instance(instance: Instance) -> None:
    """EC2 takes a spot instance back: its machine is cut off, also one that is shutting down."""
    _reclaimed.add(instance.id)
    if instance.state == "shutting-down":
        cloud().machines.terminate(instance.id, at_once=True)
    else:
        instance.terminate()


def set_checks(instance: Instance, checks: dict[str, str]) -> dict[str, str]:
    """What DescribeInstanceStatus says of a running instance: ok, impaired, initializing or insufficient-data."""
    for check, status in checks.items():
        if check not in ("instance", "system") or status not in REACHABILITY:
            raise ValueError(f"No check {check}: {status}. Checks are instance and system: {', '.join(REACHABILITY)}.")
    _checks[instance.id] = checks
    for listener in checks_listeners:
        listener(instance)
    return checks


def is_impaired(instance: Instance) -> bool:
    return instance.state == "running" and "impaired" in _checks.get(instance.id, {}).values()


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
    behavior = instance.instance_initiated_shutdown_behavior
    if instance.state == "shutting-down" or (behavior == "terminate" and instance.state not in ("stopping", "stopped")):
        _end(instance)
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


def _next_address(self: Subnet, instance: Instance) -> str:
    """moto gives a freed address to the next instance; AWS does so late, and connections to the last one may linger."""
    freed, self._unused_ips = self._unused_ips, set()
    try:
        return _moto_next_address(self, instance)
    except StopIteration:
        self._unused_ips = freed
        return _moto_next_address(self, instance)
    finally:
        self._unused_ips = freed


def _role_of(instance: Instance) -> str | None:
    profile = instance.iam_instance_profile
    if not profile:
        return None
    for candidate in iam_backends[ACCOUNT]["aws"].instance_profiles.values():
        if candidate.arn == profile.get("Arn") and candidate.roles:
            return candidate.roles[0].arn
    return None


def _answer_once(self: InstanceResponse) -> ActionResult:
    key = (self.region, self._get_param("ClientToken", ""))
    if key in _answers:
        return _answers[key]
    answer = _moto_answer(self)
    if key[1]:
        _answers[key] = answer
    return answer


def _run_instances(self: Any, image_id: str, *args: Any, **kwargs: Any) -> Reservation:
    check_image(self, image_id)
    reservation = _moto_run(self, image_id, *args, **kwargs)
    for instance in reservation.instances:
        instance.launch_time = cloud().clock.utc()
    if cloud().machines.exist:
        for instance in reservation.instances:
            # After the request: tags, role and group are added to the instance only then.
            cloud().clock.after(0, lambda instance=instance: _boot(instance))  # type: ignore[misc]
    return reservation


def _boot(instance: Instance) -> None:
    if instance.state in ("running", "stopping"):
        cloud().machines.launch(describe(instance))


def _power_off(instance: Instance) -> None:
    if instance.state == "stopping":
        cloud().machines.stop(instance.id)


def _terminate(self: Instance) -> InstanceState:
    previous = copy.copy(self._state)
    if previous.name in ("shutting-down", "terminated"):
        return previous
    if cloud().machines.exist and previous.name in ("pending", "running", "stopping"):
        self._state.name, self._state.code = "shutting-down", 32
    else:
        _end(self)
    # A stopped one too: it has a disk.
    cloud().machines.terminate(self.id, at_once=self.id in _reclaimed)
    _tell(self)
    return previous


def _end(instance: Instance) -> None:
    _moto_terminate(instance)
    if instance.id in _reclaimed:
        code = "Server.SpotInstanceTermination"
        instance.state_reason = StateReason(f"{code}: Spot instance termination", code)
        instance._reason = code


def _stop(self: Instance) -> InstanceState:
    previous = copy.copy(self._state)
    if previous.name not in ("pending", "running"):
        return previous
    if cloud().machines.exist:
        self._state.name, self._state.code = "stopping", 64
        # After the boot, also when both were asked for in one request.
        cloud().clock.after(0, lambda: _power_off(self))
    else:
        _moto_stop(self)
        _tell(self)
    return previous


def _start(self: Instance) -> InstanceState:
    if self.state in ("pending", "running"):
        return copy.copy(self._state)
    if self.state != "stopped":
        raise EC2ClientError(
            "IncorrectInstanceState", f"The instance '{self.id}' is not in a state from which it can be started."
        )
    previous = _moto_start(self)
    # As on AWS, where a start counts as a launch.
    self.launch_time = cloud().clock.utc()
    if cloud().machines.exist:
        self._state.name, self._state.code = "pending", 0
        cloud().clock.after(0, lambda: _started(self))
    return previous


def _started(instance: Instance) -> None:
    if instance.state == "pending":
        instance._state.name, instance._state.code = "running", 16
        cloud().machines.start(instance.id)


def _status(check: str, instance: Instance) -> dict[str, Any]:
    if instance.state != "running":
        return {"Status": "not-applicable"}
    status = _checks.get(instance.id, {}).get(check, "ok")
    return {"Status": status, "Details": [{"Name": "reachability", "Status": REACHABILITY[status]}]}


def _tell(instance: Instance) -> None:
    if instance.state in ("stopped", "terminated"):
        for listener in ended_listeners:
            listener(instance)

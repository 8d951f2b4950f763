"""The Auto Scaling API, as far as it is about the instances of a group."""

from moto.autoscaling.models import autoscaling_backends
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult, EmptyResult

from . import standby
from .backend import Backend, by


class InstanceApi(AutoScalingResponse):
    @property
    def autoscaling_backend(self) -> Backend:
        backend = autoscaling_backends[self.current_account][self.region]
        assert isinstance(backend, Backend)
        return backend

    @property
    def _group_name(self) -> str | None:
        name: str | None = self._get_param("AutoScalingGroupName")
        return name

    # Instances.
    def describe_auto_scaling_instances(self) -> ActionResult:
        ids = self._get_param("InstanceIds", [])
        members = [
            member
            for group in self.autoscaling_backend.groups()
            for member in group.members
            if not ids or member.instance_id in ids
        ]
        return ActionResult({"AutoScalingInstances": members})

    def terminate_instance_in_auto_scaling_group(self) -> ActionResult:
        activity = self.autoscaling_backend.terminate_member(
            self._get_param("InstanceId"), self._get_bool_param("ShouldDecrementDesiredCapacity", False)
        )
        return ActionResult({"Activity": activity})

    def set_instance_protection(self) -> ActionResult:
        self.autoscaling_backend.protect(
            self._group_name,
            self._get_param("InstanceIds", []),
            self._get_bool_param("ProtectedFromScaleIn", False),
        )
        return EmptyResult()

    def set_instance_health(self) -> ActionResult:
        self.autoscaling_backend.set_health(self._get_param("InstanceId"), self._get_param("HealthStatus"))
        return EmptyResult()

    def describe_scaling_activities(self) -> ActionResult:
        found = self.autoscaling_backend.activities.of(self._group_name, self._get_param("ActivityIds", []))
        first, size = int(self._get_param("NextToken") or 0), self._get_int_param("MaxRecords") or 100
        more = first + size < len(found)
        page = found[first : first + size]
        return ActionResult({"Activities": page, "NextToken": str(first + size) if more else None})

    # Out of the count, and into it again.
    def enter_standby(self) -> ActionResult:
        group = self.autoscaling_backend.group(self._group_name)
        decrement = self._get_bool_param("ShouldDecrementDesiredCapacity", False)
        moved = standby.enter_standby(group, self._get_param("InstanceIds", []), decrement, by())
        return ActionResult({"Activities": moved})

    def exit_standby(self) -> ActionResult:
        group = self.autoscaling_backend.group(self._group_name)
        return ActionResult({"Activities": standby.exit_standby(group, self._get_param("InstanceIds", []), by())})

    def detach_instances(self) -> ActionResult:
        group = self.autoscaling_backend.group(self._group_name)
        decrement = self._get_bool_param("ShouldDecrementDesiredCapacity", False)
        moved = standby.detach(group, self._get_param("InstanceIds", []), decrement, by())
        return ActionResult({"Activities": moved})

    # Instance refresh.
    def start_instance_refresh(self) -> ActionResult:
        backend = self.autoscaling_backend
        refresh = backend.refreshes.start(backend.group(self._group_name), self._get_params())
        return ActionResult({"InstanceRefreshId": refresh.instance_refresh_id})

    def describe_instance_refreshes(self) -> ActionResult:
        backend = self.autoscaling_backend
        name = backend.group(self._group_name).name
        return ActionResult(
            {"InstanceRefreshes": backend.refreshes.of(name, self._get_param("InstanceRefreshIds", []))}
        )

    def cancel_instance_refresh(self) -> ActionResult:
        backend, wait = self.autoscaling_backend, self._get_bool_param("WaitForTransitioningInstances", True)
        refresh = backend.refreshes.cancel(backend.group(self._group_name), wait)
        return ActionResult({"InstanceRefreshId": refresh.instance_refresh_id})

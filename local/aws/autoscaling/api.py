"""The Auto Scaling API: reads parameters, calls the backend, shapes the answer."""

from typing import Any

import moto.autoscaling.urls as moto_urls
from moto.autoscaling.exceptions import ValidationError
from moto.core.responses import ActionResult, EmptyResult

from ..cloud import cloud
from . import pooling
from .backend import PROCESSES, by
from .hooking import delete_hook, find_wait, put_hook
from .hooks import LifecycleHook
from .instance_api import InstanceApi


class Api(InstanceApi):
    def create_auto_scaling_group(self) -> ActionResult:
        params = self._get_params()
        self.autoscaling_backend.create(
            params,
            name=self._group_name,
            availability_zones=params.get("AvailabilityZones", []),
            desired_capacity=self._get_int_param("DesiredCapacity"),
            max_size=self._get_int_param("MaxSize"),
            min_size=self._get_int_param("MinSize"),
            instance_id=params.get("InstanceId"),
            launch_config_name=params.get("LaunchConfigurationName"),
            launch_template=params.get("LaunchTemplate", {}),
            mixed_instances_policy=params.get("MixedInstancesPolicy"),
            vpc_zone_identifier=params.get("VPCZoneIdentifier"),
            default_cooldown=self._get_int_param("DefaultCooldown"),
            health_check_period=self._get_int_param("HealthCheckGracePeriod"),
            health_check_type=params.get("HealthCheckType"),
            load_balancers=params.get("LoadBalancerNames", []),
            target_group_arns=params.get("TargetGroupARNs", []),
            placement_group=params.get("PlacementGroup"),
            termination_policies=params.get("TerminationPolicies", []),
            tags=params.get("Tags", []),
            capacity_rebalance=self._get_bool_param("CapacityRebalance", False),
            new_instances_protected_from_scale_in=self._get_bool_param("NewInstancesProtectedFromScaleIn", False),
        )
        return EmptyResult()

    def update_auto_scaling_group(self) -> ActionResult:
        self.autoscaling_backend.update(self._group_name, self._get_params())
        return EmptyResult()

    def delete_auto_scaling_group(self) -> ActionResult:
        self.autoscaling_backend.delete(self._group_name, self._get_bool_param("ForceDelete", False))
        return EmptyResult()

    def set_desired_capacity(self) -> ActionResult:
        size = self._get_int_param("DesiredCapacity")
        self.autoscaling_backend.set_size(self._group_name, size if size is not None else 0, by())
        return EmptyResult()

    def suspend_processes(self) -> ActionResult:
        group = self.autoscaling_backend.group(self._group_name)
        group.suspend(self._get_param("ScalingProcesses", []) or PROCESSES)
        return EmptyResult()

    def resume_processes(self) -> ActionResult:
        group = self.autoscaling_backend.group(self._group_name)
        group.resume(self._get_param("ScalingProcesses", []) or PROCESSES)
        return EmptyResult()

    def create_or_update_tags(self) -> ActionResult:
        tags = self._get_param("Tags", [])
        for tag in tags:
            self.autoscaling_backend.group(tag.get("ResourceId"))
        self.autoscaling_backend.create_or_update_tags(tags)
        return EmptyResult()

    def delete_tags(self) -> ActionResult:
        tags = self._get_param("Tags", [])
        for tag in tags:
            self.autoscaling_backend.group(tag.get("ResourceId"))
        self.autoscaling_backend.delete_tags(tags)
        return EmptyResult()

    # Hooks.
    def put_lifecycle_hook(self) -> ActionResult:
        put_hook(self.autoscaling_backend.group(self._group_name), self._get_params())
        return EmptyResult()

    def describe_lifecycle_hooks(self) -> ActionResult:
        names = self._get_param("LifecycleHookNames", [])
        hooks = self.autoscaling_backend.group(self._group_name).hooks.values()
        found: list[LifecycleHook] = [hook for hook in hooks if not names or hook.lifecycle_hook_name in names]
        return ActionResult({"LifecycleHooks": found})

    def delete_lifecycle_hook(self) -> ActionResult:
        delete_hook(self.autoscaling_backend.group(self._group_name), self._get_param("LifecycleHookName"))
        return EmptyResult()

    def complete_lifecycle_action(self) -> ActionResult:
        group = self.autoscaling_backend.group(self._group_name)
        member, wait = find_wait(group, self._get_params())
        result = self._get_param("LifecycleActionResult")
        if result not in ("CONTINUE", "ABANDON"):
            raise ValidationError(f"{result} is not a valid LifecycleActionResult: use CONTINUE or ABANDON.")
        cloud().event("hook-completed", group.name, member.instance_id, result=result, by=by())
        group.complete(member, wait, result, "Lifecycle Action Completed with ABANDON Result")
        return EmptyResult()

    def record_lifecycle_action_heartbeat(self) -> ActionResult:
        group = self.autoscaling_backend.group(self._group_name)
        member, wait = find_wait(group, self._get_params())
        wait.heartbeat()
        cloud().event("heartbeat", group.name, member.instance_id, hook=wait.hook.lifecycle_hook_name)
        return EmptyResult()

    # Scheduled actions.
    def put_scheduled_update_group_action(self) -> ActionResult:
        self.autoscaling_backend.actions.put(self._group_name, self._get_params())
        return EmptyResult()

    def describe_scheduled_actions(self) -> ActionResult:
        found = self.autoscaling_backend.actions.of(self._group_name, self._get_param("ScheduledActionNames", []))
        return ActionResult({"ScheduledUpdateGroupActions": found})

    def delete_scheduled_action(self) -> ActionResult:
        self.autoscaling_backend.actions.delete(self._group_name, self._get_param("ScheduledActionName"))
        return EmptyResult()

    # Warm pools.
    def put_warm_pool(self) -> ActionResult:
        pooling.put_pool(self.autoscaling_backend.group(self._group_name), self._get_params())
        return EmptyResult()

    def describe_warm_pool(self) -> ActionResult:
        group = self.autoscaling_backend.group(self._group_name)
        return ActionResult({"WarmPoolConfiguration": group.warm_pool, "Instances": group.pooled})

    def delete_warm_pool(self) -> ActionResult:
        group = self.autoscaling_backend.group(self._group_name)
        pooling.delete_pool(group, self._get_bool_param("ForceDelete", False))
        return EmptyResult()

    # moto's own would move instances past their lifecycle.
    def _unsupported(self, *_: Any) -> ActionResult:
        raise NotImplementedError(f"The local AWS has no {self._get_action()}.")

    attach_instances = execute_policy = rollback_instance_refresh = _unsupported
    batch_put_scheduled_update_group_action = batch_delete_scheduled_action = _unsupported
    create_launch_configuration = _unsupported


def install() -> None:
    moto_urls.url_paths = {"{0}/$": Api.dispatch}

"""Turning a group's launch template into one EC2 instance."""

from collections import Counter
from typing import Any, NamedTuple, Protocol

from moto.core.exceptions import ServiceException
from moto.ec2.models import EC2Backend
from moto.ec2.models.instances import Instance
from moto.ec2.models.launch_templates import LaunchTemplate, LaunchTemplateVersion

from ..cloud import cloud
from .capacity import LaunchFailed, check_capacity, check_quota


class Place(NamedTuple):
    zone: str
    subnet_id: str | None
    instance_type: str


class LaunchPlan(Protocol):
    """What launching needs to know of a group."""

    name: str
    ec2_backend: EC2Backend
    ec2_launch_template: LaunchTemplate | None
    launch_template_version: str
    mixed_instances_policy: dict[str, Any] | None
    vpc_zone_identifier: str | None
    availability_zones: list[str]

    def get_propagated_tags(self) -> dict[str, str]: ...


def launch_instance(
    plan: LaunchPlan, zones_in_use: list[str], spot: bool, only_zone: str | None = None
) -> tuple[Instance, dict[str, str]]:
    """The instance, and the launch template version it came from. Raises LaunchFailed as AWS would say it.

    The request that a fault on RunInstances can name: the group, a space, `spot` or `on-demand`.
    """
    fault = cloud().faults.take("ec2", "RunInstances", f"{plan.name} {'spot' if spot else 'on-demand'}")
    if fault is not None and fault.status is not None:
        raise LaunchFailed(fault.code, fault.message)
    template = plan.ec2_launch_template
    if template is None:
        raise LaunchFailed("ValidationError", "The local AWS launches from launch templates only.")
    try:
        version = template.get_version(plan.launch_template_version)
        instance = _run(plan, version, _places(plan, version, zones_in_use, only_zone), spot)
    except LaunchFailed:
        raise
    except ServiceException as error:
        raise LaunchFailed(error.code, error.message) from error
    except Exception as error:
        # moto's older errors carry code and message in attributes of their own.
        code = getattr(error, "error_type", None)
        if code is None:
            raise
        raise LaunchFailed(code, str(getattr(error, "message", error))) from error
    return instance, {
        "LaunchTemplateId": template.id,
        "LaunchTemplateName": template.name,
        "Version": str(version.number),
    }


def _run(plan: LaunchPlan, version: LaunchTemplateVersion, places: list[Place], spot: bool) -> Instance:
    data = version.data
    image_id = data.get("ImageId", "")
    plan.ec2_backend.describe_images(ami_ids=[image_id or "ami-"])
    interface = (data.get("NetworkInterfaces") or [{}])[0]
    check_quota(plan.ec2_backend.all_instances(), spot)
    place = _with_capacity(plan.name, places, spot)
    tags = {
        **plan.get_propagated_tags(),
        **version.instance_tags,
        "aws:autoscaling:groupName": plan.name,
    }
    reservation = plan.ec2_backend.run_instances(
        image_id,
        1,
        version.user_data,
        data.get("SecurityGroups", []),
        security_group_ids=list(interface.get("Groups") or data.get("SecurityGroupIds") or []),
        instance_type=place.instance_type,
        is_instance_type_default=False,
        tags={"instance": tags, "volume": _tags_of(data, "volume")},
        placement=place.zone,
        subnet_id=place.subnet_id,
        launch_template={"LaunchTemplateId": version.template.id, "Version": str(version.number)},
        associate_public_ip=interface.get("AssociatePublicIpAddress"),
        instance_initiated_shutdown_behavior=data.get("InstanceInitiatedShutdownBehavior"),
        metadata_options=data.get("MetadataOptions") or {},
        lifecycle="spot" if spot else None,
        region_name=plan.ec2_backend.region_name,
    )
    instance: Instance = reservation.instances[0]
    profile = data.get("IamInstanceProfile")
    if profile:
        plan.ec2_backend.associate_iam_instance_profile(instance.id, profile.get("Name"), profile.get("Arn"))
    return instance


def _places(
    plan: LaunchPlan, version: LaunchTemplateVersion, zones_in_use: list[str], only_zone: str | None
) -> list[Place]:
    """Where AWS tries: the zone with fewest instances of the group first, in it the types in their order."""
    overrides = ((plan.mixed_instances_policy or {}).get("LaunchTemplate") or {}).get("Overrides") or []
    types = [override["InstanceType"] for override in overrides if override.get("InstanceType")]
    subnets: list[tuple[str, str | None]] = [(zone, None) for zone in plan.availability_zones]
    if plan.vpc_zone_identifier:
        found = plan.ec2_backend.describe_subnets(subnet_ids=plan.vpc_zone_identifier.split(","))
        subnets = [(subnet.availability_zone, subnet.id) for subnet in found]
    used = Counter(zones_in_use)
    return [
        Place(zone, subnet_id, instance_type)
        for zone, subnet_id in sorted(subnets, key=lambda subnet: used[subnet[0]])
        if only_zone in (None, zone)
        for instance_type in types or [version.instance_type]
    ]


def _with_capacity(group: str, places: list[Place], spot: bool) -> Place:
    failure = LaunchFailed("ValidationError", f"{group} has no subnet to launch in.")
    for place in places:
        try:
            check_capacity(group, place.instance_type, place.zone, spot)
            return place
        except LaunchFailed as error:
            failure = error
    raise failure


def _tags_of(data: dict[str, Any], resource_type: str) -> dict[str, str]:
    return {
        tag["Key"]: tag["Value"]
        for spec in data.get("TagSpecifications") or []
        if spec.get("ResourceType") == resource_type
        for tag in spec.get("Tags") or []
    }


def spot_is_next(policy: dict[str, Any] | None, on_demand: int, spot: int) -> bool:
    """Whether the next instance is a spot instance, by the policy's base and percentage."""
    distribution = (policy or {}).get("InstancesDistribution") or {}
    base = int(distribution.get("OnDemandBaseCapacity") or 0)
    percent = distribution.get("OnDemandPercentageAboveBaseCapacity")
    share = 100 if percent is None else int(percent)
    if on_demand < base:
        return False
    above = on_demand - base + spot + 1
    return (on_demand - base) * 100 >= share * above

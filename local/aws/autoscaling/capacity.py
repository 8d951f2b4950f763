"""Whether EC2 has an instance to give: what the options say that it lacks, in its own words."""

from collections.abc import Iterable

from moto.ec2.models.instances import Instance

from ..cloud import cloud


class LaunchFailed(Exception):
    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


def check_capacity(group: str, instance_type: str, zone: str | None, spot: bool) -> None:
    options = cloud().options
    scarce = set(options.no_spot_capacity if spot else options.no_capacity)
    if not scarce & {"*", group, instance_type, zone}:
        return
    if spot:
        raise LaunchFailed(
            "UnfulfillableCapacity",
            "Unable to fulfill capacity due to your request configuration. Please adjust your request and try again.",
        )
    raise LaunchFailed(
        "InsufficientInstanceCapacity",
        f"We currently do not have sufficient {instance_type} capacity in the Availability Zone you requested ({zone}). "
        "Our system will be working on provisioning additional capacity.",
    )


def check_quota(instances: Iterable[Instance], spot: bool) -> None:
    options = cloud().options
    limit = options.spot_limit if spot else options.on_demand_limit
    if limit is None:
        return
    running = [instance for instance in instances if instance.state in ("pending", "running")]
    if sum((instance.lifecycle == "spot") == spot for instance in running) < limit:
        return
    if spot:
        raise LaunchFailed("MaxSpotInstanceCountExceeded", "Max spot instance count exceeded.")
    raise LaunchFailed(
        "VcpuLimitExceeded",
        f"You have requested more vCPU capacity than your current vCPU limit of {limit} allows for the instance bucket "
        "that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to "
        "request an adjustment to this limit.",
    )


def lacks_all(zone: str) -> bool:
    """Whether the zone has nothing to give, whatever is asked for."""
    options = cloud().options
    return zone in options.no_capacity and zone in options.no_spot_capacity


def to_status_message(error: LaunchFailed, mixed: bool, spot: bool) -> str:
    """As the activity has it. A group with a mixed-instances policy launches by a fleet request, which names the code."""
    kind = "Spot" if spot else "On-Demand"
    prefix = f"Could not launch {kind} Instances. {error.code} - " if mixed else ""
    return f"{prefix}{str(error).rstrip('.')}. Launching EC2 instance failed."

"""Network interfaces of tasks with the network mode awsvpc."""

from typing import Any

from moto.ec2.models import ec2_backends
from moto.ec2.models.elastic_network_interfaces import NetworkInterface

from ..cloud import ACCOUNT
from .errors import invalid
from .names import Record


def check_network(region: str, network: Record) -> None:
    """Raises what AWS says of subnets and groups that are not there."""
    backend: Any = ec2_backends[ACCOUNT][region]
    if not network.get("subnets"):
        raise invalid("subnets can not be empty.")
    for subnet_id in network["subnets"]:
        if not any(subnet_id in zone for zone in backend.subnets.values()):
            raise invalid(
                f"Error retrieving subnet information for [{subnet_id}]: The subnet ID '{subnet_id}' does not exist "
                "(ErrorCode: InvalidSubnetID.NotFound)"
            )
    for group_id in network.get("securityGroups") or []:
        if backend.get_security_group_from_id(group_id) is None:
            raise invalid(
                f"Error retrieving security group information for [{group_id}]: The security group '{group_id}' does "
                "not exist (ErrorCode: InvalidGroup.NotFound)"
            )


def create_interface(region: str, network: Record, turn: int) -> NetworkInterface:
    """`turn` chooses among the subnets."""
    backend: Any = ec2_backends[ACCOUNT][region]
    subnet = backend.get_subnet(network["subnets"][turn % len(network["subnets"])])
    interface: NetworkInterface = backend.create_network_interface(
        subnet, "", group_ids=network.get("securityGroups") or None, description="ECS task"
    )
    interface.status = "in-use"
    return interface


def delete_interface(region: str, interface: NetworkInterface) -> None:
    backend: Any = ec2_backends[ACCOUNT][region]
    # Addresses are not given again at once, as those of instances: connections of the last one may linger.
    backend.enis.pop(interface.id, None)


def to_attachment(interface: NetworkInterface, attachment_id: str, status: str) -> Record:
    details = {
        "subnetId": interface.subnet.id,
        "networkInterfaceId": interface.id,
        "macAddress": interface.mac_address,
        "privateIPv4Address": interface.private_ip_address,
    }
    return {
        "id": attachment_id,
        "type": "ElasticNetworkInterface",
        "status": status,
        "details": [{"name": name, "value": value} for name, value in details.items()],
    }

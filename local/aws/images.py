"""Images, their snapshots and copies: what moto forgets of them."""

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import ec2_backends
from moto.ec2.models.amis import Ami, AmiBackend
from moto.ec2.models.elastic_block_store import Snapshot
from moto.ec2.responses.amis import AmisResponse

from .cloud import ACCOUNT, cloud

PROPERTIES = {
    "Architecture": "architecture",
    "RootDeviceName": "root_device_name",
    "VirtualizationType": "virtualization_type",
    "BootMode": "boot_mode",
    "ImdsSupport": "imds_support",
    "EnaSupport": "ena_support",
}

_moto_init = Ami.__init__
_moto_snapshot_init = Snapshot.__init__
_moto_mappings = Ami.block_device_mappings
_moto_attribute = AmiBackend.describe_image_attribute


def install() -> None:
    Ami.__init__ = _init  # type: ignore[method-assign]
    Ami.block_device_mappings = property(_mappings)  # type: ignore[method-assign, assignment]
    Snapshot.__init__ = _init_snapshot  # type: ignore[method-assign]
    AmiBackend.describe_image_attribute = _attribute  # type: ignore[method-assign]
    AmisResponse.register_image = _register  # type: ignore[method-assign]
    AmisResponse.copy_image = _copy  # type: ignore[method-assign]
    AmisResponse.deregister_image = _deregister  # type: ignore[method-assign]


def check_image(backend: Any, image_id: str | None) -> None:
    """Raises what AWS says of an image that is not there (any more)."""
    if image_id and image_id not in backend.amis:
        raise EC2ClientError("InvalidAMIID.NotFound", f"The image id '[{image_id}]' does not exist")


def _init(self: Ami, *args: Any, **kwargs: Any) -> None:
    _moto_init(self, *args, **kwargs)
    self.creation_date = cloud().clock.utc().replace(tzinfo=None)


def _init_snapshot(self: Snapshot, *args: Any, **kwargs: Any) -> None:
    _moto_snapshot_init(self, *args, **kwargs)
    self.start_time = cloud().clock.utc().replace(tzinfo=None)


def _mappings(self: Ami) -> list[dict[str, Any]]:
    """Those it was registered with; else the one that moto makes up."""
    given: list[dict[str, Any]] = getattr(self, "given_mappings", None) or []
    return given or _moto_mappings.fget(self)  # type: ignore[attr-defined, no-any-return]


def _snapshots(image: Ami) -> list[str]:
    ids = [mapping.get("Ebs", {}).get("SnapshotId") for mapping in image.block_device_mappings]
    return [snapshot_id for snapshot_id in ids if snapshot_id]


def _attribute(self: AmiBackend, ami_id: str, attribute_name: str) -> Any:
    check_image(self, ami_id)
    return _moto_attribute(self, ami_id, attribute_name)


def _register(self: AmisResponse) -> ActionResult:
    self.error_on_dryrun()
    backend = self.ec2_backend
    mappings = self._get_param("BlockDeviceMappings", [])
    given = [m["Ebs"]["SnapshotId"] for m in mappings if m.get("Ebs", {}).get("SnapshotId")]
    snapshots = [backend.get_snapshot(snapshot_id) for snapshot_id in given]
    image = backend.register_image(self._get_param("Name"), self._get_param("Description", ""))
    for name, attribute in PROPERTIES.items():
        value = self._get_param(name)
        if value is not None:
            setattr(image, attribute, value)
    if snapshots:
        backend.snapshots.pop(image.ebs_snapshot.id)
        image.ebs_snapshot = snapshots[0]
        image.given_mappings = mappings  # type: ignore[attr-defined]
        for snapshot in snapshots:
            snapshot.from_ami = image.id
    image.add_tags(self._parse_tag_specification().get("image", {}))
    return ActionResult({"ImageId": image.id})


def _copy(self: AmisResponse) -> ActionResult:
    """Launch permissions stay behind; the tags of the image too, unless they are asked for."""
    self.error_on_dryrun()
    source_id, region = self._get_param("SourceImageId"), self._get_param("SourceRegion")
    source_backend = ec2_backends[ACCOUNT][region]
    check_image(source_backend, source_id)
    source = source_backend.amis[source_id]
    name, description = self._get_param("Name"), self._get_param("Description")
    image = self.ec2_backend.copy_image(source_id, region, name, description)
    for attribute in PROPERTIES.values():
        if hasattr(source, attribute):
            setattr(image, attribute, getattr(source, attribute))
    image.source_image_id, image.source_image_region = source_id, region
    if self._get_bool_param("CopyImageTags", False):
        image.add_tags({tag["key"]: tag["value"] for tag in source.get_tags() if not tag["key"].startswith("aws:")})
    tags = self._parse_tag_specification()
    image.add_tags(tags.get("image", {}))
    image.ebs_snapshot.add_tags(tags.get("snapshot", {}))
    return ActionResult({"ImageId": image.id})


def _deregister(self: AmisResponse) -> ActionResult:
    self.error_on_dryrun()
    backend, image_id = self.ec2_backend, self._get_param("ImageId")
    image = backend.amis.get(image_id)
    snapshots = _snapshots(image) if image else []
    backend.deregister_image(image_id)
    results = []
    if self._get_bool_param("DeleteAssociatedSnapshots", False):
        results = [
            {"SnapshotId": snapshot_id, "ReturnCode": _delete(backend, snapshot_id)} for snapshot_id in snapshots
        ]
    return ActionResult({"Return": True, "DeleteSnapshotResults": results})


def _delete(backend: Any, snapshot_id: str) -> str:
    try:
        backend.delete_snapshot(snapshot_id)
    except EC2ClientError as error:
        return "skipped" if "InUse" in error.code else "client-error"
    return "success"

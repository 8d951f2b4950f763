"""Images with the properties and tags that they were registered with: moto keeps only name and description."""

from moto.core.responses import ActionResult
from moto.ec2.responses.amis import AmisResponse

PROPERTIES = {
    "Architecture": "architecture",
    "RootDeviceName": "root_device_name",
    "VirtualizationType": "virtualization_type",
    "BootMode": "boot_mode",
    "ImdsSupport": "imds_support",
    "EnaSupport": "ena_support",
}


def install() -> None:
    AmisResponse.register_image = _register  # type: ignore[method-assign]


def _register(self: AmisResponse) -> ActionResult:
    self.error_on_dryrun()
    image = self.ec2_backend.register_image(self._get_param("Name"), self._get_param("Description", ""))
    for name, attribute in PROPERTIES.items():
        value = self._get_param(name)
        if value is not None:
            setattr(image, attribute, value)
    image.add_tags(self._parse_tag_specification().get("image", {}))
    return ActionResult({"ImageId": image.id})

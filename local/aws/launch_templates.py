"""Launch templates as AWS keeps them: what moto forgets or mixes up in them."""

import copy
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models.launch_templates import LaunchTemplate
from moto.ec2.responses.launch_templates import LaunchTemplates
from moto.ec2.utils import parse_user_data

_moto_init = LaunchTemplate.__init__
_moto_create_version = LaunchTemplates.create_launch_template_version


def install() -> None:
    LaunchTemplate.__init__ = _init  # type: ignore[method-assign]
    LaunchTemplates.create_launch_template_version = _create_version  # type: ignore[method-assign]


def _init(self: LaunchTemplate, *args: Any, **kwargs: Any) -> None:
    """The tags of the template itself are no tags of what it launches: moto puts them into its data, as a drift."""
    _moto_init(self, *args, **kwargs)
    data = self.versions[0].data
    specs = [spec for spec in data.get("TagSpecifications", []) if spec["ResourceType"] != "launch-template"]
    if specs:
        data["TagSpecifications"] = specs
    else:
        data.pop("TagSpecifications", None)


def _create_version(self: LaunchTemplates) -> ActionResult:
    """With SourceVersion, what is not given comes from that version; user data as in the first version."""
    params = self._get_params()
    data = params.setdefault("LaunchTemplateData", {})
    if data.get("UserData"):
        data["UserData"] = parse_user_data(data["UserData"])
    source = params.get("SourceVersion")
    if source:
        name, template_id = params.get("LaunchTemplateName"), params.get("LaunchTemplateId")
        backend = self.ec2_backend
        template = backend.get_launch_template_by_name(name) if name else backend.get_launch_template(template_id)
        for key, value in template.get_version(source).data.items():
            data.setdefault(key, copy.deepcopy(value))
    return _moto_create_version(self)

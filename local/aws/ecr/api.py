"""The ECR API: moto's repositories, whose images are those that the local registry has."""

import base64
import hashlib
import json
from typing import Any

from moto.core.responses import ActionResult
from moto.ecr.models import ECRBackend, Image, Repository
from moto.ecr.responses import ECRResponse

from ..cloud import ACCOUNT, cloud
from . import tokens

_listening: set[str] = set()
_moto_init = Image.__init__
_moto_batch_get = ECRBackend.batch_get_image


def install() -> None:
    ECRResponse.get_authorization_token = _token  # type: ignore[method-assign]
    Repository.uri = property(_uri, lambda *_: None)  # type: ignore[assignment]
    Image.__init__ = _init  # type: ignore[method-assign]
    Image._create_digest = _digest  # type: ignore[method-assign]
    Image.get_image_size_in_bytes = _size  # type: ignore[method-assign]
    ECRBackend.batch_get_image = _batch_get  # type: ignore[method-assign]


def host() -> str:
    """Of the registry, as everybody writes it in the name of an image."""
    return cloud().options.registry_host or cloud().url.partition("//")[2]


def name_registry(name: str) -> None:
    """Gives the registry a host and port by which it is known outside too; it listens there inside as well."""
    cloud().options.registry_host = name
    if name and name != cloud().url.partition("//")[2] and name not in _listening:
        address, _, port = name.partition(":")
        cloud().listen(address, int(port))
        _listening.add(name)


def is_ours(name: str) -> bool:
    """Whether a host in the name of an image is the local registry's; AWS's own name for it is too."""
    return name in (host(), cloud().url.partition("//")[2]) or name.startswith(f"{ACCOUNT}.dkr.ecr.")


def _token(self: ECRResponse) -> ActionResult:
    token, expires = tokens.make(cloud().principal or "aws", self.region)
    data = {
        "authorizationToken": base64.b64encode(f"AWS:{token}".encode()).decode(),
        "expiresAt": expires,
        "proxyEndpoint": f"http://{host()}",
    }
    return ActionResult({"authorizationData": [data]})


def _uri(self: Repository) -> str:
    return f"{host()}/{self.name}"


def _init(self: Image, *args: Any, **kwargs: Any) -> None:
    _moto_init(self, *args, **kwargs)
    self.image_pushed_at = int(cloud().clock.now())


def _digest(self: Image) -> None:
    self._image_digest = f"sha256:{hashlib.sha256(self.image_manifest.encode()).hexdigest()}"


def _size(self: Image) -> int | None:
    manifest = json.loads(self.image_manifest)
    parts = [manifest.get("config") or {}, *(manifest.get("layers") or [])]
    return sum(part.get("size", 0) for part in parts) if "layers" in manifest else None


def _batch_get(self: ECRBackend, repository_name: str, *args: Any, **kwargs: Any) -> dict[str, Any]:
    """moto's failures forget the digest that was asked for."""
    answer = _moto_batch_get(self, repository_name, *args, **kwargs)
    wanted = kwargs.get("image_ids") or args[-1]
    known = self.repositories[repository_name].images
    answer["failures"] = [
        {"imageId": one, "failureCode": "ImageNotFound", "failureReason": "Requested image not found"}
        for one in wanted
        if not any(
            image.get_image_digest() == one.get("imageDigest") or one.get("imageTag") in image.image_tags
            for image in known
        )
    ]
    return answer

"""/v2/*: the registry of ECR. It lets in who has a password, keeps immutable tags, and passes the rest on to the store.

Each request is in /_local/calls as the action of ECR that it needs on AWS:
https://docs.aws.amazon.com/AmazonECR/latest/userguide/security_iam_id-based-policy-examples.html
"""

import http.client
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from moto.ecr.models import ECRBackend, ecr_backends

from ..cloud import ACCOUNT, cloud
from . import tokens
from .store import Connection, NoRegistry, store

PREFIX = "/v2/"
CHUNK = 1 << 20
_PATH = re.compile(r"/v2/(?P<name>.+)/(?P<kind>manifests|blobs|tags)/(?P<rest>.*)")
# What HTTP says of one connection, and of who is asked.
HOP = {"connection", "keep-alive", "transfer-encoding", "host", "authorization", "content-length"}
ACTIONS = {
    ("blobs", "POST"): "InitiateLayerUpload",
    ("blobs", "PATCH"): "UploadLayerPart",
    ("blobs", "PUT"): "CompleteLayerUpload",
    ("blobs", "HEAD"): "BatchCheckLayerAvailability",
    ("blobs", "GET"): "GetDownloadUrlForLayer",
    ("manifests", "PUT"): "PutImage",
    ("manifests", "HEAD"): "BatchGetImage",
    ("manifests", "GET"): "BatchGetImage",
    ("tags", "GET"): "ListImages",
}


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: Iterable[bytes]


class Refused(Exception):
    def __init__(self, status: int, code: str, message: str, headers: dict[str, str] | None = None):
        super().__init__(message)
        self.status, self.code, self.headers = status, code, headers or {}


def handle(environ: dict[str, Any]) -> Answer:
    try:
        return _handle(environ)
    except Refused as error:
        body = json.dumps({"errors": [{"code": error.code, "message": str(error)}]}).encode()
        return Answer(error.status, {"Content-Type": "application/json", **error.headers}, [body])
    except NoRegistry as error:
        return Answer(503, {}, [f"The local AWS has no registry: {error}".encode()])


def _handle(environ: dict[str, Any]) -> Answer:
    method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
    login = tokens.find(environ.get("HTTP_AUTHORIZATION", ""))
    if login is None:
        realm = f'Basic realm="http://{environ.get("HTTP_HOST", "")}/",service="ecr.amazonaws.com"'
        raise Refused(401, "UNAUTHORIZED", "authentication required", {"WWW-Authenticate": realm})
    match = _PATH.fullmatch(path)
    if match is None:
        return _pass_on(environ, None)
    name, kind, rest = match["name"], match["kind"], match["rest"]
    backend = ecr_backends[ACCOUNT][login.region]
    status = 500
    try:
        with cloud().lock:
            if name not in backend.repositories:
                raise Refused(
                    404,
                    "NAME_UNKNOWN",
                    f"The repository with name '{name}' does not exist in the registry with id '{ACCOUNT}'",
                )
        if kind == "manifests" and method == "PUT":
            answer = _put_manifest(environ, backend, name, rest)
        else:
            if kind == "manifests":
                _check_known(backend, name, rest)
            answer = _pass_on(environ, None)
        status = answer.status
        return answer
    except Refused as error:
        status = error.status
        raise
    finally:
        action = ACTIONS.get((kind, method), "unknown")
        cloud().book(login.principal, "ecr", action, status, None if status < 400 else str(status))


def _put_manifest(environ: dict[str, Any], backend: ECRBackend, name: str, reference: str) -> Answer:
    manifest = (
        environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        if environ.get("CONTENT_LENGTH")
        else b"".join(_chunks(environ["wsgi.input"]))
    )
    tag = None if reference.startswith("sha256:") else reference
    with cloud().lock:
        repository = backend.repositories[name]
        taken = [image for image in repository.images if tag is not None and tag in image.image_tags]
        if taken and repository.is_tag_immutable() and taken[0].image_manifest != manifest.decode():
            raise Refused(
                400,
                "TAG_INVALID",
                f"The image tag '{tag}' already exists in the '{name}' repository and cannot be overwritten because "
                "the tag is immutable.",
            )
    answer = _pass_on(environ, manifest)
    if answer.status == 201:
        with cloud().lock:
            known = [image for image in backend.repositories[name].images if image.image_manifest == manifest.decode()]
            if not known or (tag is not None and tag not in known[0].image_tags):
                kind = environ.get("CONTENT_TYPE") or None
                backend.put_image(name, manifest.decode(), tag, kind, answer.headers["Docker-Content-Digest"])  # type: ignore[arg-type]
            cloud().event("image-pushed", None, repository=name, reference=reference)
    return answer


def _check_known(backend: ECRBackend, name: str, reference: str) -> None:
    """One that BatchDeleteImage took away is not there, though the store may have it."""
    with cloud().lock:
        images = backend.repositories[name].images
        if not any(reference == image.get_image_digest() or reference in image.image_tags for image in images):
            raise Refused(404, "MANIFEST_UNKNOWN", "Requested image not found")


def _pass_on(environ: dict[str, Any], body: bytes | None) -> Answer:
    """Streams both ways: a layer may have a gigabyte."""
    connection = store.connect()
    headers = {
        key[5:].replace("_", "-").title(): value
        for key, value in environ.items()
        if key.startswith("HTTP_") and key[5:].replace("_", "-").lower() not in HOP
    }
    if environ.get("CONTENT_TYPE"):
        headers["Content-Type"] = environ["CONTENT_TYPE"]
    query = environ.get("QUERY_STRING")
    url = environ["PATH_INFO"] + (f"?{query}" if query else "")
    content: Any = body
    if body is None and environ.get("wsgi.input_terminated"):
        content, headers["Transfer-Encoding"] = _chunks(environ["wsgi.input"]), "chunked"
    elif body is None and environ.get("CONTENT_LENGTH"):
        content = _chunks(environ["wsgi.input"], int(environ["CONTENT_LENGTH"]))
        headers["Content-Length"] = environ["CONTENT_LENGTH"]
    connection.request(environ["REQUEST_METHOD"], url, content, headers, encode_chunked="Transfer-Encoding" in headers)
    response = connection.getresponse()
    kept = {key: value for key, value in response.getheaders() if key.lower() not in HOP - {"content-length"}}
    return Answer(response.status, kept, _read(connection, response))


def _chunks(source: Any, length: int | None = None) -> Iterator[bytes]:
    left = length
    while left is None or left > 0:
        chunk = source.read(CHUNK if left is None else min(CHUNK, left))
        if not chunk:
            return
        left = None if left is None else left - len(chunk)
        yield chunk


def _read(connection: Connection, response: http.client.HTTPResponse) -> Iterator[bytes]:
    try:
        while chunk := response.read(CHUNK):
            yield chunk
    finally:
        connection.close()

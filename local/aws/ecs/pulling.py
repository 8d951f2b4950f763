"""Images of tasks: where a name points to, and what AWS says when nothing is there."""

import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from moto.ecr.models import ecr_backends

from ..cloud import ACCOUNT, cloud
from ..ecr import api as ecr
from ..ecr import tokens
from .containers import execution_role_of
from .tasks import Task

_NAME = re.compile(r"(?P<host>[^/]+)/(?P<path>[^@:]+)(:(?P<tag>[^@]+))?(@(?P<digest>sha256:\w+))?")
PULL_SECONDS = 900
CHUNK = 1 << 20


class PullError(Exception):
    """The words of a task's stoppedReason."""


@dataclass(frozen=True)
class Source:
    # Of the manifest; None: an image of another registry, which only stands in the records.
    digest: str | None
    # For skopeo.
    transport: str
    # By which a container engine may know it: a digest cannot be the name of a loaded image.
    name: str


def find(region: str, image: str) -> Source:
    """Called under the lock."""
    given = cloud().options.ecs_images.get(image)
    if given:
        return Source(None, given, image.partition("@")[0])
    match = _NAME.fullmatch(image)
    if match is None or not ecr.is_ours(match["host"]):
        if cloud().machines.exist:
            raise PullError(
                f"CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref "
                f"{image}: the local cloud has its own registry only ({ecr.host()})"
            )
        return Source(None, f"docker://{image}", image)
    path, wanted = match["path"], match["digest"] or match["tag"] or "latest"
    repository = ecr_backends[ACCOUNT][region].repositories.get(path)
    for known in repository.images if repository else []:
        digest = known.get_image_digest()
        if digest == wanted or wanted in known.image_tags:
            name = f"{ecr.host()}/{path}"
            return Source(digest, f"docker://{_own_host()}/{path}@{digest}", f"{name}:{digest.replace(':', '-')}")
    if cloud().options.ecs_any_image and not cloud().machines.exist:
        return Source(None, f"docker://{image}", image)
    raise PullError(
        f"CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref {image}: "
        f"{image}: not found"
    )


def to_archive(task: Task, image: str) -> tuple[dict[str, str], Iterator[bytes]]:
    """A tar for `docker load`, and the headers that say what is in it. Takes its time: not under the lock."""
    with cloud().lock:
        source = find(task.region, image)
    stack = ExitStack()
    try:
        archive = stack.enter_context(scratch()) / "image.tar"
        copy(task, source, f"docker-archive:{archive}:{source.name}")
        headers = {
            "x-muster-image": source.name,
            "x-muster-digest": source.digest or "",
            "Content-Length": str(archive.stat().st_size),
        }
        return headers, _read(archive, stack)
    except BaseException:
        stack.close()
        raise


def _read(archive: Path, stack: ExitStack) -> Iterator[bytes]:
    with stack, archive.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder for a while, beside what the cloud removes when it ends."""
    pulls = cloud().run_dir.absolute() / "pulls"
    pulls.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=pulls) as folder:
        yield Path(folder)


def copy(task: Task, source: Source, to: str) -> None:
    """As the task's execution role."""
    words = ["skopeo", "--insecure-policy", "copy", "--quiet"]
    with _login(task, source) as login:
        done = subprocess.run(
            [*words, *login, source.transport, to], capture_output=True, text=True, timeout=PULL_SECONDS, check=False
        )
    if done.returncode != 0:
        why = done.stderr.strip().splitlines()[-1:] or [f"skopeo ended with {done.returncode}"]
        raise PullError(f"CannotPullContainerError: {why[0]}")


@contextmanager
def _login(task: Task, source: Source) -> Iterator[list[str]]:
    if source.digest is None:
        yield []
        return
    role = execution_role_of(task)
    with cloud().lock:
        principal = role.rsplit("/", 1)[-1] if role else "ecs"
        token, _ = tokens.make(principal, task.region)
        cloud().book(principal, "ecr", "GetAuthorizationToken")
    # Not among the words of a command, which everybody on the machine may read.
    with tempfile.NamedTemporaryFile("w", prefix="muster-login-", suffix=".json") as file:
        file.write(tokens.to_auth_file(_own_host(), token))
        file.flush()
        yield ["--src-tls-verify=false", "--src-authfile", file.name]


def _own_host() -> str:
    return cloud().url.partition("//")[2]

"""Images as root directories, one for each digest: pulled once, its layers laid over each other."""

import fcntl
import hashlib
import json
import os
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..cloud import cloud
from .pulling import PullError, Source, copy, scratch
from .tasks import Task

# The newest few stay for the next task: an image of runners has gigabytes.
KEPT = 4


@dataclass(frozen=True)
class Image:
    root: Path
    # Entrypoint, Cmd, Env, User, WorkingDir.
    config: dict[str, Any]
    digest: str


def fetch(task: Task, source: Source) -> Image:
    """Takes its time: not under the lock. Raises PullError."""
    folder = _images()
    folder.mkdir(parents=True, exist_ok=True)
    with scratch() as pulled:
        digest = source.digest
        if digest is None:
            copy(task, source, f"dir:{pulled}")
            digest = _digest(pulled)
        place = folder / digest.removeprefix("sha256:")
        with (folder / "lock").open("w") as lock:
            # Another local cloud may unpack the same one.
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not place.exists():
                if not any(pulled.iterdir()):
                    copy(task, source, f"dir:{pulled}")
                _unpack(pulled, place)
                _remove_old(folder, place)
            place.touch()
    return Image(place / "root", json.loads((place / "config.json").read_text()).get("config") or {}, digest)


def _images() -> Path:
    given = os.environ.get("MUSTER_LOCAL_IMAGES")
    return Path(given) if given else cloud().run_dir / "images"


def _digest(pulled: Path) -> str:
    return f"sha256:{hashlib.sha256((pulled / 'manifest.json').read_bytes()).hexdigest()}"


def _unpack(pulled: Path, place: Path) -> None:
    building = place.with_name(f"{place.name}.building")
    shutil.rmtree(building, ignore_errors=True)
    root = building / "root"
    root.mkdir(parents=True)
    manifest = json.loads((pulled / "manifest.json").read_text())
    if "layers" not in manifest:
        raise PullError("CannotPullContainerError: the image is no image of one platform")
    for layer in manifest["layers"]:
        _lay(root, pulled / layer["digest"].removeprefix("sha256:"))
    shutil.copy(pulled / manifest["config"]["digest"].removeprefix("sha256:"), building / "config.json")
    building.rename(place)


def _lay(root: Path, layer: Path) -> None:
    """What a layer takes away goes first: https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts"""
    names = subprocess.run(["tar", "--list", "--file", layer], capture_output=True, text=True, check=True).stdout
    for name in names.splitlines():
        path = Path(name)
        if not path.name.startswith(".wh.") or ".." in path.parts:
            continue
        if path.name == ".wh..wh..opq":
            for child in list((root / path.parent).iterdir()) if (root / path.parent).is_dir() else []:
                _remove(child)
        else:
            _remove(root / path.parent / path.name.removeprefix(".wh."))
    extract = [
        "tar",
        "--extract",
        "--numeric-owner",
        "--preserve-permissions",
        f"--file={layer}",
        f"--directory={root}",
    ]
    subprocess.run([*extract, "--xattrs", "--xattrs-include=*", "--exclude=.wh.*"], check=True)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _remove_old(folder: Path, newest: Path) -> None:
    others = [other for other in folder.iterdir() if stat.S_ISDIR(other.lstat().st_mode) and other != newest]
    for old in sorted(others, key=lambda other: other.stat().st_mtime, reverse=True)[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)

"""The source of a build: a ZIP archive in S3, unpacked with its permissions."""

import io
import stat
import zipfile
from pathlib import Path
from typing import Any

from moto.s3.models import s3_backends

from ..cloud import ACCOUNT, cloud


class SourceError(Exception):
    """What CodeBuild calls CLIENT_ERROR."""


def unpack_source(source: dict[str, Any], version: str | None, into: Path) -> None:
    """`source` is that of a project: NO_SOURCE leaves an empty folder."""
    into.mkdir(parents=True)
    if source["type"] == "NO_SOURCE":
        return
    if source["type"] != "S3":
        raise SourceError(f"The local AWS builds from S3 or NO_SOURCE, not from {source['type']}.")
    bucket, _, key = str(source.get("location", "")).removeprefix("arn:aws:s3:::").partition("/")
    with cloud().lock:
        try:
            found = s3_backends[ACCOUNT]["aws"].get_object(bucket, key, version_id=version)
        except Exception:  # moto has several errors for a bucket that is not there
            found = None
        content = None if found is None else bytes(found.value)
    if content is None:
        raise SourceError(f"The specified key does not exist: {bucket}/{key}" + (f" ({version})" if version else ""))
    try:
        _unzip(content, into)
    except zipfile.BadZipFile as error:
        raise SourceError(f"{bucket}/{key} is no ZIP archive: {error}") from error


def _unzip(content: bytes, into: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.infolist():
            mode = entry.external_attr >> 16
            path = Path(archive.extract(entry, into))
            if stat.S_ISLNK(mode):
                target = path.read_text()
                path.unlink()
                path.symlink_to(target)
            elif mode and not entry.is_dir():
                path.chmod(stat.S_IMODE(mode))

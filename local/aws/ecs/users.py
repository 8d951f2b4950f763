"""Who a container runs as: what an image says, found in its own files."""

from pathlib import Path


def find_user(root: Path, text: str) -> tuple[str, list[int], str]:
    """uid:gid, all its groups, and its home directory. Raises ValueError when there is no such user or group."""
    name, _, group = (text or "0").partition(":")
    accounts = _read(root / "etc" / "passwd")
    known = next((one for one in accounts if name in (one[0], one[2])), None)
    if known is None and not name.isdigit():
        raise ValueError(f"unable to find user {name}: no matching entries in passwd file")
    uid, gid, home = (known[2], known[3], known[5]) if known else (name, "0", "/")
    groups = _read(root / "etc" / "group")
    if group:
        found = next((one[2] for one in groups if group in (one[0], one[2])), group if group.isdigit() else None)
        if found is None:
            raise ValueError(f"unable to find group {group}: no matching entries in group file")
        return f"{uid}:{found}", [int(found)], home
    member = [int(one[2]) for one in groups if known and known[0] in one[3].split(",")]
    return f"{uid}:{gid}", sorted({int(gid), *member}), home


def _read(path: Path) -> list[list[str]]:
    lines = path.read_text().splitlines() if path.is_file() else []
    return [fields for line in lines if len(fields := line.split(":")) >= 4]

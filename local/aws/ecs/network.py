"""The network of the cloud: a bridge, where there are machines."""

import json
import subprocess

from ..cloud import cloud


def exists() -> bool:
    """Elsewhere tasks are records: this server is on loopback, as tests start it."""
    return cloud().machines.exist and not gateway().startswith("127.")


def gateway() -> str:
    """The cloud's own address."""
    return cloud().url.partition("//")[2].partition(":")[0]


def bridge() -> str:
    words = ["ip", "-json", "address", "show", "to", gateway()]
    found = subprocess.run(words, check=True, capture_output=True, text=True)
    return str(next(one["ifname"] for one in json.loads(found.stdout) if one))


def add_address(address: str) -> None:
    """One that all machines and tasks reach."""
    subprocess.run(["ip", "address", "replace", f"{address}/32", "dev", bridge()], check=True, capture_output=True)

"""The machines daemon: what boots an instance for real. Without a URL instances are records only."""

import contextlib
import http.client
import json
import socket
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

ATTEMPTS = 5


@dataclass(frozen=True)
class CommandResult:
    code: int
    stdout: str
    stderr: str


class Machines:
    def __init__(self, url: str | None):
        self._url = url.rstrip("/") if url else None
        # One worker keeps a launch before the termination of the same instance.
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="machines")

    @property
    def exist(self) -> bool:
        return self._url is not None

    def launch(self, record: dict[str, Any]) -> None:
        self._send("/launch", record)

    def terminate(self, instance_id: str, at_once: bool = False) -> None:
        """In order, or `at_once`: its power is cut."""
        self._send("/terminate", {"instanceId": instance_id, **({"graceSeconds": 0} if at_once else {})})

    def stop(self, instance_id: str) -> None:
        """Powers it off; its disk stays."""
        self._send("/stop", {"instanceId": instance_id})

    def start(self, instance_id: str) -> None:
        """Boots it again from its disk."""
        self._send("/start", {"instanceId": instance_id})

    def command(self, instance_id: str, words: list[str], timeout_seconds: float) -> "MachineCommand":
        """A command as root inside a machine, which takes as long as it takes."""
        if self._url is None:
            raise RuntimeError("There are no machines.")
        return MachineCommand(self._url, instance_id, words, timeout_seconds)

    def close(self) -> None:
        self._worker.shutdown(wait=False, cancel_futures=True)

    def _send(self, path: str, body: dict[str, Any]) -> None:
        if self._url is not None:
            self._worker.submit(_post, self._url + path, body)


def _post(url: str, body: dict[str, Any]) -> None:
    request = urllib.request.Request(
        url, data=json.dumps(body).encode(), headers={"Content-Type": "application/json"}, method="POST"
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for attempt in range(ATTEMPTS):
        try:
            opener.open(request, timeout=10).close()
            return
        except (urllib.error.URLError, OSError) as error:
            print(f"The machines daemon did not take {url} ({body.get('instanceId')}): {error}", file=sys.stderr)
            time.sleep(0.2 * 2**attempt)


class MachineCommand:
    def __init__(self, url: str, instance_id: str, words: list[str], timeout_seconds: float):
        # No limit to the answer's time: the daemon has one.
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc)
        self._body = json.dumps(
            {"instanceId": instance_id, "command": words, "timeoutMs": int(timeout_seconds * 1000)}
        ).encode()
        self._cut = False

    def result(self) -> CommandResult | None:
        """Waits for its end. None: there is no such machine, the daemon is gone, or the command was cut off."""
        try:
            self._connection.request("POST", "/exec", self._body, {"Content-Type": "application/json"})
            if self._cut:
                return None
            response = self._connection.getresponse()
            answer = json.loads(response.read())
            return CommandResult(answer["code"], answer["stdout"], answer["stderr"]) if response.status == 200 else None
        except (OSError, http.client.HTTPException, ValueError):
            return None
        finally:
            self._connection.close()

    def cut(self) -> None:
        """Ends it: the daemon kills what nobody waits for."""
        self._cut = True
        with contextlib.suppress(OSError, AttributeError):
            self._connection.sock.shutdown(socket.SHUT_RDWR)

"""The machines daemon: what boots an instance for real. Without a URL instances are records only."""

import json
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any

ATTEMPTS = 5


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

    def terminate(self, instance_id: str) -> None:
        self._send("/terminate", {"instanceId": instance_id})

    def stop(self, instance_id: str) -> None:
        """Powers it off; its disk stays."""
        self._send("/stop", {"instanceId": instance_id})

    def start(self, instance_id: str) -> None:
        """Boots it again from its disk."""
        self._send("/start", {"instanceId": instance_id})

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

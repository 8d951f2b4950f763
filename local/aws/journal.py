"""An append-only log that clients read in pieces: `since` takes the `next` of the piece before."""

import threading
from typing import Any


class Journal:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: list[dict[str, Any]] = []

    def append(self, entry: dict[str, Any]) -> None:
        with self._lock:
            self._entries.append({"n": len(self._entries), **entry})

    def since(self, first: int) -> tuple[int, list[dict[str, Any]]]:
        with self._lock:
            return len(self._entries), self._entries[first:]

"""Faults on demand: which AWS calls fail or are slow, how, and how often."""

import itertools
import threading
from dataclasses import dataclass
from typing import Any


@dataclass
class Fault:
    """`service` and `operation` None match all; `resource` is a substring of the request; `count` None is for ever."""

    id: int
    service: str | None
    operation: str | None
    resource: str | None
    status: int | None
    code: str
    message: str
    count: int | None
    delay_ms: int

    def matches(self, service: str, operation: str, request: str) -> bool:
        return (
            self.service in (None, service)
            and self.operation in (None, operation)
            and (self.resource is None or self.resource in request)
        )


class Faults:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ids = itertools.count(1)
        self._faults: dict[int, Fault] = {}

    def add(self, spec: dict[str, Any]) -> int:
        """`status` absent or null: the call is only delayed."""
        unknown = set(spec) - {"service", "operation", "resource", "status", "code", "message", "count", "delayMs"}
        if unknown:
            raise ValueError(f"A fault has no {', '.join(sorted(unknown))}.")
        with self._lock:
            fault = Fault(
                id=next(self._ids),
                service=spec.get("service"),
                operation=spec.get("operation"),
                resource=spec.get("resource"),
                status=spec.get("status"),
                code=spec.get("code") or "InternalFailure",
                message=spec.get("message") or "A fault that was asked for",
                count=spec.get("count"),
                delay_ms=spec.get("delayMs") or 0,
            )
            self._faults[fault.id] = fault
            return fault.id

    def remove(self, fault_id: int) -> bool:
        with self._lock:
            return self._faults.pop(fault_id, None) is not None

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def take(self, service: str, operation: str, request: str) -> Fault | None:
        """The first fault that applies, counted as used."""
        with self._lock:
            for fault in self._faults.values():
                if fault.matches(service, operation, request):
                    if fault.count is not None:
                        fault.count -= 1
                        if fault.count <= 0:
                            del self._faults[fault.id]
                    return fault
        return None

"""The one clock of the local AWS: real time plus an offset, and the timers that hang on it.

Deadlines, cron and back-off all read this clock, so a test moves them with `advance` instead of sleeping.
"""

import heapq
import itertools
import threading
import time
import traceback
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path


class Timer:
    def __init__(self, due: float, run: Callable[[], None]):
        self.due = due
        self.run = run
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class Clock:
    """Timers run one at a time, in the order they are due, holding `lock`."""

    def __init__(
        self, lock: threading.RLock, real_time: Callable[[], float] = time.time, offset_file: Path | None = None
    ):
        """`offset_file` tells other processes (functions) by how many milliseconds this clock is ahead."""
        self._lock = lock
        self._real_time = real_time
        self._offset_file = offset_file
        self._offset = 0.0
        self._target: float | None = None
        self._timers: list[tuple[float, int, Timer]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        # Held from taking a timer to its end, and through an advance: a timer that the loop took would else run late.
        self._turn = threading.Lock()
        self._stopped = False

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._real_time() + self._offset

    @property
    def ahead(self) -> float:
        """Seconds by which it is ahead of real time, which is that of the machines."""
        return self._offset

    def utc(self) -> datetime:
        return datetime.fromtimestamp(self.now(), timezone.utc)

    def at(self, due: float, run: Callable[[], None]) -> Timer:
        timer = Timer(due, run)
        with self._changed:
            heapq.heappush(self._timers, (due, next(self._order), timer))
            self._changed.notify()
        return timer

    def after(self, seconds: float, run: Callable[[], None]) -> Timer:
        return self.at(self.now() + seconds, run)

    def advance(self, seconds: float) -> None:
        """Moves time on, and runs all that falls due on the way before it returns."""
        with self._turn:
            target = self._target = self.now() + seconds
            while (timer := self._take_due(target)) is not None:
                self._move(timer.due)
                self._fire(timer)
            with self._changed:
                self._move(target)
                self._target = None
                self._changed.notify()

    def _move(self, to: float) -> None:
        self._offset = max(self._offset, to - self._real_time())
        if self._offset_file is None:
            return
        # In one step: a reader sees the old text or the new one.
        new = self._offset_file.with_suffix(".new")
        new.write_text(str(int(self._offset * 1000)))
        new.rename(self._offset_file)

    @property
    def horizon(self) -> float:
        """Where an `advance` that is under way will end; otherwise now."""
        return self.now() if self._target is None else self._target

    def run_until_stopped(self) -> None:
        while not self._stopped:
            with self._turn:
                timer = self._take_due(self.now())
                if timer is not None:
                    self._fire(timer)
                    continue
            with self._changed:
                wait = self._timers[0][0] - self.now() if self._timers else None
                if not self._stopped and (wait is None or wait > 0):
                    self._changed.wait(wait)

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def _take_due(self, now: float) -> Timer | None:
        with self._changed:
            while self._timers and self._timers[0][0] <= now:
                timer = heapq.heappop(self._timers)[2]
                if not timer.cancelled:
                    return timer
        return None

    def _fire(self, timer: Timer) -> None:
        with self._lock:
            if timer.cancelled:
                return
            try:
                timer.run()
            except Exception:  # one broken timer must not stop the others
                traceback.print_exc()

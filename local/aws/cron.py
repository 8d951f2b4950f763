"""When a cron expression is due in a time zone, as AWS counts where clocks change."""

from collections.abc import Iterator
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

from croniter import croniter  # type: ignore[import-untyped]


def next_occurrence(pattern: str, zone: str, after: datetime) -> datetime:
    """A time that the clock skips in spring is skipped; one that it shows twice in autumn is due the first time.

    https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
    """
    for due in _wall_times(pattern, ZoneInfo(zone), after):
        if due > after:
            return due
    raise ValueError(f"{pattern} is never due.")


def next_lenient_occurrence(pattern: str, zone: str, after: datetime) -> datetime:
    """A skipped time is due when the clock goes on; a repeated one twice."""
    found: datetime = croniter(pattern, after.astimezone(ZoneInfo(zone))).get_next(datetime)
    return found


def _wall_times(pattern: str, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    walls = croniter(pattern, after.astimezone(zone).replace(tzinfo=None, fold=0))
    while True:
        wall: datetime = walls.get_next(datetime)
        due = wall.replace(tzinfo=zone)
        if due.astimezone(timezone.utc).astimezone(zone).replace(tzinfo=None) == wall:
            yield due

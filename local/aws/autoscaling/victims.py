"""Which instance leaves when a group shrinks: AWS's default termination policy."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from .member import Member

HOUR = 3600.0


def choose_victim(members: Sequence[Member], current_template: str, now: datetime) -> Member | None:
    """The zone with most instances, then the oldest launch template, then closest to the next billing hour.

    None when all are protected. A launch template other than the current one is older than any version of it.
    """
    per_zone = Counter(member.availability_zone for member in members)
    free = [member for member in members if not member.protected_from_scale_in]
    if not free:
        return None

    def rank(member: Member) -> tuple[int, bool, int, float]:
        template, version = member.template_age
        running = (now - member.instance.launch_time).total_seconds()
        return (
            -per_zone[member.availability_zone],
            template == current_template,
            version,
            HOUR - running % HOUR,
        )

    return min(free, key=rank)

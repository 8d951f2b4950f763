"""/_local/groups/*: what AWS does in its own time, at once."""

import re
from typing import Any

from moto.autoscaling.exceptions import ValidationError
from moto.autoscaling.models import autoscaling_backends

from ..cloud import ACCOUNT, cloud
from . import rebalancing
from .group import Group


def rebalance_now(match: re.Match[str], _: dict[str, str], body: Any) -> tuple[int, Any]:
    """POST {"fromZone": …}: without it, from the zone with most instances."""
    with cloud().lock:
        for backend in autoscaling_backends[ACCOUNT].values():
            group = backend.autoscaling_groups.get(match.group(1))
            if isinstance(group, Group):
                try:
                    extra = rebalancing.rebalance(group, (body or {}).get("fromZone"))
                except ValidationError as error:
                    return 409, {"error": error.message}
                return 200, {"launched": extra.instance_id, "zone": extra.availability_zone}
    return 404, {"error": f"No group {match.group(1)}."}

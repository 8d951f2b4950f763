"""Spot instances: what AWS tells them before it takes them back, and the taking back.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/rebalance-recommendations.html
"""

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from moto.ec2.models.instances import Instance

from . import events
from .cloud import cloud
from .ec2 import describers, reclaim_instance

# What AWS gives.
NOTICE_SECONDS = 120.0


@dataclass
class Notices:
    """When it ends, and when it was said to be at risk: on the clock of the cloud."""

    ends: float | None = None
    at_risk: float | None = None


_notices: dict[str, Notices] = {}


def install() -> None:
    describers.append(_describe)


def give_notice(instance: Instance, kind: str, in_seconds: float = NOTICE_SECONDS) -> dict[str, Any]:
    """An interruption, whose deadline is on the clock of the cloud, or a recommendation to rebalance, which has none."""
    if instance.lifecycle != "spot":
        raise ValueError(f"{instance.id} is an on-demand instance: AWS takes back spot instances only.")
    if instance.state not in ("pending", "running"):
        raise ValueError(f"{instance.id} is {instance.state}: only an instance that runs gets a notice.")
    now = cloud().clock.now()
    notices = _notices.setdefault(instance.id, Notices())
    if kind == "interruption":
        notices.ends = now + in_seconds
        _emit(instance, "EC2 Spot Instance Interruption Warning", {"instance-action": "terminate"})
        cloud().clock.at(notices.ends, lambda: _reclaim(instance))
    elif kind == "rebalance":
        notices.at_risk = now
        _emit(instance, "EC2 Instance Rebalance Recommendation", {})
    else:
        raise ValueError(f"There is no notice {kind}: use interruption or rebalance.")
    described = _describe(instance)
    cloud().event("spot-notice", None, instance.id, kind=kind, **described)
    return described


def _emit(instance: Instance, detail_type: str, detail: dict[str, Any]) -> None:
    # As documented: with the zone, and without the account.
    arn = f"arn:aws:ec2:{instance.availability_zone}:instance/{instance.id}"
    events.emit(instance.region_name, "aws.ec2", detail_type, [arn], {"instance-id": instance.id, **detail})


def _reclaim(instance: Instance) -> None:
    if instance.state in ("terminated", "stopped"):
        return
    cloud().event("spot-reclaimed", None, instance.id)
    reclaim_instance(instance)


def _describe(instance: Instance) -> dict[str, Any]:
    notices = _notices.get(instance.id, Notices())
    ends = _machine_time(notices.ends)
    return {
        "lifeCycle": instance.lifecycle or "on-demand",
        "spotAction": None if ends is None else {"action": "terminate", "time": ends},
        "rebalanceNoticeTime": _machine_time(notices.at_risk),
    }


def _machine_time(seconds: float | None) -> str | None:
    """As the machines count, whose clocks do not move with that of the cloud: what is left must be right."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds - cloud().clock.ahead, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")

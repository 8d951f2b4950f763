"""Spot instances: what AWS tells them before it takes them back, and the taking back.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/rebalance-recommendations.html
"""

from datetime import datetime, timezone
from typing import Any

from moto.ec2.models.instances import Instance

from . import events
from .cloud import cloud
from .ec2 import describers, reclaim_instance

# What AWS gives.
NOTICE_SECONDS = 120.0

# By instance: the fields of its record that the metadata service shows.
_notices: dict[str, dict[str, Any]] = {}


def install() -> None:
    describers.append(_describe)


def give_notice(instance: Instance, kind: str, in_seconds: float = NOTICE_SECONDS) -> dict[str, Any]:
    """An interruption, whose deadline is on the clock of the cloud, or a recommendation to rebalance, which has none."""
    if instance.lifecycle != "spot":
        raise ValueError(f"{instance.id} is an on-demand instance: AWS takes back spot instances only.")
    if instance.state not in ("pending", "running"):
        raise ValueError(f"{instance.id} is {instance.state}: only an instance that runs gets a notice.")
    now = cloud().clock.now()
    notices = _notices.setdefault(instance.id, {})
    if kind == "interruption":
        due = now + in_seconds
        notices["spotAction"] = {"action": "terminate", "time": _text(due)}
        _emit(instance, "EC2 Spot Instance Interruption Warning", {"instance-action": "terminate"})
        cloud().clock.at(due, lambda: _reclaim(instance))
    elif kind == "rebalance":
        notices["rebalanceNoticeTime"] = _text(now)
        _emit(instance, "EC2 Instance Rebalance Recommendation", {})
    else:
        raise ValueError(f"There is no notice {kind}: use interruption or rebalance.")
    cloud().event("spot-notice", None, instance.id, kind=kind, **notices)
    return notices


def _emit(instance: Instance, detail_type: str, detail: dict[str, Any]) -> None:
    # As documented: with the zone, and without the account.
    arn = f"arn:aws:ec2:{instance.availability_zone}:instance/{instance.id}"
    events.emit(instance.region_name, "aws.ec2", detail_type, [arn], {"instance-id": instance.id, **detail})


def _reclaim(instance: Instance) -> None:
    if instance.state in ("terminated", "stopped"):
        return
    cloud().event("spot-reclaimed", None, instance.id)
    reclaim_instance(instance)


def _text(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _describe(instance: Instance) -> dict[str, Any]:
    return {
        "lifeCycle": instance.lifecycle or "on-demand",
        "spotAction": None,
        "rebalanceNoticeTime": None,
        **_notices.get(instance.id, {}),
    }

"""CloudWatch metrics in the time of the local cloud."""

from datetime import datetime, timezone
from typing import Any

from moto.cloudwatch.models import CloudWatchBackend

from . import alarms
from .cloud import cloud

_moto_put = CloudWatchBackend.put_metric_data


def install() -> None:
    CloudWatchBackend.put_metric_data = _put  # type: ignore[method-assign]


def _put(self: CloudWatchBackend, namespace: str, metric_data: list[dict[str, Any]]) -> None:
    """moto stamps with real time, and compares with times that have no zone."""
    stamped = [{**datum, "Timestamp": _bare(datum.get("Timestamp") or cloud().clock.utc())} for datum in metric_data]
    _moto_put(self, namespace, stamped)
    alarms.values_came(self, namespace, {datum["MetricName"] for datum in metric_data})


def _bare(time: datetime) -> datetime:
    return time if time.tzinfo is None else time.astimezone(timezone.utc).replace(tzinfo=None)

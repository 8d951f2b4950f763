"""Metric alarms that follow their metric: evaluated when a value comes, and every minute of the clock."""

import json
import operator
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any

from moto.cloudwatch.models import Alarm, CloudWatchBackend, MetricDatumBase, cloudwatch_backends
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult
from moto.sns.models import sns_backends

from .cloud import ACCOUNT, cloud

COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
# AWS reads more periods than it evaluates, so that values that come late or never are no gap.
MORE_PERIODS = 2

_moto_put_alarm = CloudWatchBackend.put_metric_alarm
_moto_update_state = Alarm.update_state


def install() -> None:
    CloudWatchBackend.put_metric_alarm = _put_alarm  # type: ignore[method-assign]
    Alarm.update_state = _update_state  # type: ignore[method-assign]
    CloudWatchResponse.describe_alarm_history = _describe_history  # type: ignore[attr-defined]
    cloud().clock.after(cloud().options.minute_seconds, _tick)


def values_came(backend: CloudWatchBackend, namespace: str, names: set[str]) -> None:
    for alarm in list(backend.alarms.values()):
        if alarm.namespace == namespace and alarm.metric_name in names:
            _evaluate(backend, alarm)


def next_state(alarm: Alarm, values: list[float]) -> str:
    """`values` are those of the latest periods that have one, newest first.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
    """
    of = int(alarm.evaluation_periods)
    needed = int(alarm.datapoints_to_alarm or of)
    breaches = COMPARISONS[alarm.comparison_operator]
    known = [breaches(value, float(alarm.threshold)) for value in values[:of]]
    bad, good, missing = sum(known), len(known) - sum(known), of - len(known)
    if bad >= needed:
        return "ALARM"
    if good > of - needed:
        return "OK"
    treatment = alarm.treat_missing_data or "missing"
    if treatment == "ignore":
        return str(alarm.state_value)
    if treatment == "breaching":
        return "ALARM" if bad + missing >= needed else "OK"
    if treatment == "missing" and good == 0:
        return "ALARM" if bad else "INSUFFICIENT_DATA"
    return "OK"


def _evaluate(backend: CloudWatchBackend, alarm: Alarm) -> None:
    if alarm.rule is not None or not alarm.metric_name or alarm.comparison_operator not in COMPARISONS:
        return  # composite alarms, metric maths and anomaly bands are not known here
    values = _values(backend.metric_data, alarm, cloud().clock.now())
    state = next_state(alarm, values)
    if state != alarm.state_value:
        reason = f"Datapoints, newest first: {values or 'none'}; threshold: {alarm.threshold}."
        alarm.update_state(reason, json.dumps({"recentDatapoints": values}), state)


def _values(data: list[MetricDatumBase], alarm: Alarm, now: float) -> list[float]:
    """One a period that has any, newest first: of the latest periods, the one that runs included."""
    period = int(alarm.period)
    newest = int(now // period)
    oldest = newest - int(alarm.evaluation_periods) - MORE_PERIODS + 1
    found: dict[int, list[MetricDatumBase]] = defaultdict(list)
    wanted = {(dimension.name, dimension.value) for dimension in alarm.dimensions}
    for datum in data:
        if datum.name != alarm.metric_name or datum.namespace != alarm.namespace:
            continue
        index = int((datum.timestamp - datetime(1970, 1, 1)).total_seconds() // period)
        if oldest <= index <= newest and {(d.name, d.value) for d in datum.dimensions} == wanted:
            found[index].append(datum)
    return [_statistic(alarm.statistic, found[index]) for index in sorted(found, reverse=True)]


def _statistic(name: str, data: list[Any]) -> float:
    counts = [datum.sample_count if hasattr(datum, "sample_count") else 1 for datum in data]
    sums = [datum.sum if hasattr(datum, "sum") else datum.value for datum in data]
    if name == "SampleCount":
        return float(sum(counts))
    if name == "Maximum":
        return float(max(datum.max if hasattr(datum, "max") else datum.value for datum in data))
    if name == "Minimum":
        return float(min(datum.min if hasattr(datum, "min") else datum.value for datum in data))
    return float(sum(sums)) if name == "Sum" else float(sum(sums) / sum(counts))


def _tick() -> None:
    clock, minute = cloud().clock, cloud().options.minute_seconds
    # While time is being moved on, once at the end is enough.
    clock.at(max(clock.now() + minute, clock.horizon), _tick)
    for backend in cloudwatch_backends[ACCOUNT].values():
        for alarm in list(backend.alarms.values()):
            _evaluate(backend, alarm)


def _put_alarm(self: CloudWatchBackend, *args: Any, **kwargs: Any) -> Alarm:
    """A new one has no state yet, a changed one keeps its own."""
    known = self.alarms.get(kwargs["name"])
    alarm = _moto_put_alarm(self, *args, **kwargs)
    alarm.state_value = "INSUFFICIENT_DATA" if known is None else known.state_value
    alarm.state_updated_timestamp = _now() if known is None else known.state_updated_timestamp
    alarm.history = [] if known is None else known.history
    return alarm


def _update_state(self: Alarm, reason: str, reason_data: str, state_value: str) -> None:
    before = self.state_value
    _moto_update_state(self, reason, reason_data, state_value)
    self.state_updated_timestamp = _now()
    if state_value == before:
        return
    lists = {"ALARM": self.alarm_actions, "OK": self.ok_actions, "INSUFFICIENT_DATA": self.insufficient_data_actions}
    actions = list(lists[state_value] or []) if self.actions_enabled else []
    detail: dict[str, Any] = {
        "name": self.name,
        "state": state_value,
        "before": before,
        "reason": reason,
        "actions": actions,
    }
    cloud().event("alarm", None, **detail)
    for topic in actions:
        if topic.split(":")[2] == "sns":
            _publish(topic, self, before)


def _publish(topic: str, alarm: Alarm, before: str) -> None:
    message = {
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.description,
        "AlarmArn": alarm.alarm_arn,
        "NewStateValue": alarm.state_value,
        "OldStateValue": before,
        "NewStateReason": alarm.state_reason,
        "StateChangeTime": f"{alarm.state_updated_timestamp:%Y-%m-%dT%H:%M:%S.000+0000}",
    }
    subject = f'{alarm.state_value}: "{alarm.name}" in {alarm.region_name}'
    try:
        sns_backends[ACCOUNT][topic.split(":")[3]].publish(
            arn=topic, message=json.dumps(message), subject=subject[:100]
        )
    except Exception as error:  # an alarm does not fail with its action
        cloud().event("alarm-action-failed", None, name=alarm.name, topic=topic, reason=str(error))


def _describe_history(self: CloudWatchResponse) -> ActionResult:
    name = self._get_param("AlarmName")
    items = [
        {
            "AlarmName": alarm.name,
            "AlarmType": "MetricAlarm",
            "Timestamp": changed_to[4],
            "HistoryItemType": "StateUpdate",
            "HistorySummary": f"Alarm updated from {changed_from[3]} to {changed_to[3]}",
            "HistoryData": changed_to[2],
        }
        for alarm in self.cloudwatch_backend.alarms.values()
        if name in (None, alarm.name)
        for changed_from, changed_to in _changes(alarm)
    ]
    return ActionResult({"AlarmHistoryItems": sorted(items, key=lambda item: item["Timestamp"], reverse=True)})


def _changes(alarm: Alarm) -> list[tuple[Any, Any]]:
    now = ("StateUpdate", alarm.state_reason, alarm.state_reason_data, alarm.state_value, alarm.state_updated_timestamp)
    states = [*alarm.history, now]
    return list(zip(states, states[1:], strict=False))


def _now() -> datetime:
    return cloud().clock.utc().replace(tzinfo=None, microsecond=0)

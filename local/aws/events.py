"""EventBridge: events of AWS's services, the rules that match them, and the functions that these invoke."""

import json
import uuid
from datetime import datetime, timezone
from typing import Any

from moto.events.models import EventsBackend, Rule, events_backends

from .cloud import ACCOUNT, cloud
from .lambdas.deliveries import deliver

_moto_put_rule = EventsBackend.put_rule
_moto_put_targets = EventsBackend.put_targets


def install() -> None:
    EventsBackend.put_rule = _put_rule  # type: ignore[method-assign]
    EventsBackend.put_targets = _put_targets  # type: ignore[method-assign]
    Rule.send_to_targets = _send  # type: ignore[method-assign]


def emit(region: str, source: str, detail_type: str, resources: list[str], detail: dict[str, Any]) -> None:
    """An event of a service of AWS, on the default bus. Returns at once."""
    event = {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": detail_type,
        "source": source,
        "account": ACCOUNT,
        "time": cloud().clock.utc().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": region,
        "resources": resources,
        "detail": detail,
    }
    with cloud().lock:
        for rule in list(events_backends[ACCOUNT][region].event_buses["default"].rules.values()):
            rule.send_to_targets(event)  # type: ignore[arg-type]


def _send(self: Rule, original_event: Any, transform_input: bool = True) -> None:
    event = {name: value for name, value in original_event.items() if name != "ingestion-time"}
    if isinstance(event["time"], (int, float)):  # of PutEvents
        event["time"] = datetime.fromtimestamp(event["time"], timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    # A rule with a schedule alone has no pattern, which moto takes for one that matches all.
    if self.state != "ENABLED" or not self.event_pattern.get_pattern() or not self.event_pattern.matches_event(event):  # type: ignore[arg-type]
        return
    for target in self.targets:
        delivered = deliver(target["Arn"], json.dumps(event).encode(), "events.amazonaws.com", self.arn)
        if delivered:
            cloud().event("rule-matched", None, rule=self.name, target=target["Arn"], type=event["detail-type"])


def _put_rule(self: EventsBackend, name: str, *args: Any, **kwargs: Any) -> Rule:
    _check_pattern(json.loads(kwargs.get("event_pattern") or "{}"))
    return _moto_put_rule(self, name, *args, **kwargs)


def _check_pattern(pattern: Any) -> None:
    for name, wanted in pattern.items() if isinstance(pattern, dict) else ():
        if isinstance(wanted, dict):
            _check_pattern(wanted)
        elif name == "$or" or (isinstance(wanted, list) and any(isinstance(value, (dict, list)) for value in wanted)):
            raise NotImplementedError(f"The local AWS matches exact values only, not {name}: {json.dumps(wanted)}.")


def _put_targets(self: EventsBackend, name: str, event_bus_arn: str | None, targets: list[dict[str, Any]]) -> None:
    for target in targets:
        changes = sorted({"Input", "InputPath", "InputTransformer"} & set(target))
        if ":lambda:" not in target["Arn"] or changes:
            what = f"the target {target['Arn']}{' with ' + ', '.join(changes) if changes else ''}"
            raise NotImplementedError(f"The local AWS knows functions that get the whole event, not {what}.")
    _moto_put_targets(self, name, event_bus_arn, targets)

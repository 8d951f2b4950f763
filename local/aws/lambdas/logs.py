"""What a function prints, as CloudWatch Logs events; embedded metrics in it, as CloudWatch metrics."""

import json
import uuid
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.logs.models import logs_backends

from ..cloud import ACCOUNT, cloud


class LogStream:
    def __init__(self, region: str, group: str, name: str | None = None):
        """Without a name it is called as Lambda calls its streams."""
        self._region, self.group = region, group
        self.name = name or f"{cloud().clock.utc():%Y/%m/%d}/[$LATEST]{uuid.uuid4().hex}"
        self._rest = b""
        with cloud().lock:
            logs = logs_backends[ACCOUNT][region]
            logs.ensure_log_group(group)
            logs.create_log_stream(group, self.name)

    def write(self, chunk: bytes) -> None:
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        self.put([line.decode("utf-8", "replace") for line in lines if line])

    def close(self) -> None:
        """A last line may lack its end."""
        self.write(b"\n" if self._rest else b"")

    def put(self, messages: list[str]) -> None:
        if not messages:
            return
        stamp = int(cloud().clock.now() * 1000)
        with cloud().lock:
            logs = logs_backends[ACCOUNT][self._region]
            if self.group not in logs.groups:  # deleted while the function lives: AWS makes it anew
                logs.ensure_log_group(self.group)
            if self.name not in logs.groups[self.group].streams:
                logs.create_log_stream(self.group, self.name)
            # Past the service's own check, which finds what comes from a moved clock too new.
            logs.groups[self.group].put_log_events(
                self.name, [{"timestamp": stamp, "message": message} for message in messages]
            )
            for message in messages:
                for namespace, data in embedded_metrics(message):
                    cloudwatch_backends[ACCOUNT][self._region].put_metric_data(namespace, data)


def count_invocation(region: str, function: str, duration_ms: float, failed: bool) -> None:
    """The metrics that Lambda itself writes."""
    stamp, dimensions = cloud().clock.utc(), [{"Name": "FunctionName", "Value": function}]
    values = [
        ("Invocations", 1.0, "Count"),
        ("Errors", float(failed), "Count"),
        ("Duration", duration_ms, "Milliseconds"),
    ]
    data = [
        {"MetricName": name, "Value": value, "Unit": unit, "Dimensions": dimensions, "Timestamp": stamp}
        for name, value, unit in values
    ]
    with cloud().lock:
        cloudwatch_backends[ACCOUNT][region].put_metric_data("AWS/Lambda", data)


def embedded_metrics(message: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """(namespace, metric data) of a line in embedded metric format; empty for any other line."""
    if '"_aws"' not in message:
        return []
    try:
        entry = json.loads(message[message.index("{") :])
        directives = entry["_aws"]["CloudWatchMetrics"]
    except (ValueError, KeyError, TypeError):
        return []
    found = []
    for directive in directives:
        data = [
            {
                "MetricName": metric["Name"],
                "Unit": metric.get("Unit", "None"),
                "Timestamp": cloud().clock.utc(),
                "Dimensions": [{"Name": key, "Value": str(entry[key])} for key in keys],
                "Value": float(value),
            }
            for keys in directive.get("Dimensions") or [[]]
            for metric in directive["Metrics"]
            for value in (entry[metric["Name"]] if isinstance(entry[metric["Name"]], list) else [entry[metric["Name"]]])
        ]
        found.append((directive["Namespace"], data))
    return found

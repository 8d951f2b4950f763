"""EventBridge Scheduler: schedules that fire, and invoke functions or start builds."""

import json
import re
import uuid
from datetime import datetime, timezone
from typing import Any
from zoneinfo import ZoneInfo

from croniter import croniter  # type: ignore[import-untyped]
from moto.scheduler.exceptions import ValidationException
from moto.scheduler.models import EventBridgeSchedulerBackend, Schedule

from .clock import Timer
from .cloud import cloud
from .codebuild.builds import start_build
from .cron import next_occurrence
from .lambdas import api as lambda_api

_moto_create = EventBridgeSchedulerBackend.create_schedule
_moto_update = EventBridgeSchedulerBackend.update_schedule
_moto_delete = EventBridgeSchedulerBackend.delete_schedule

MINUTES = {"minute": 1, "minutes": 1, "hour": 60, "hours": 60, "day": 1440, "days": 1440}
START_BUILD = "arn:aws:scheduler:::aws-sdk:codebuild:startBuild"
_timers: dict[str, Timer] = {}


def install() -> None:
    EventBridgeSchedulerBackend.create_schedule = _create  # type: ignore[method-assign]
    EventBridgeSchedulerBackend.update_schedule = _update  # type: ignore[method-assign]
    EventBridgeSchedulerBackend.delete_schedule = _delete  # type: ignore[method-assign]


def next_time(expression: str, zone: str, after: float, minute_seconds: float) -> float | None:
    """When an expression fires next, in seconds since the epoch; None: never again. Raises ValidationException."""
    if rate := re.fullmatch(r"rate\((\d+) (minutes?|hours?|days?)\)", expression):
        return after + int(rate.group(1)) * MINUTES[rate.group(2)] * minute_seconds
    if at := re.fullmatch(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)", expression):
        due = datetime.fromisoformat(at.group(1)).replace(tzinfo=ZoneInfo(zone)).timestamp()
        return due if due > after else None
    cron = re.fullmatch(r"cron\((.+)\)", expression)
    fields = cron.group(1).split() if cron else []
    if len(fields) != 6:
        raise ValidationException(f"Invalid Schedule Expression {expression}.")
    # AWS counts days of the week from 1, Sunday; croniter from 0. The year is the sixth field: only * is known here.
    weekday = re.sub(r"\d", lambda day: str(int(day.group()) - 1), fields[4].split("#")[0])
    pattern = " ".join([*fields[:4], weekday]).replace("?", "*")
    if not croniter.is_valid(pattern) or fields[5] != "*":
        raise ValidationException(f"Invalid Schedule Expression {expression}.")
    return next_occurrence(pattern, zone, datetime.fromtimestamp(after, timezone.utc)).timestamp()


def _arm(schedule: Schedule, after: float) -> None:
    _disarm(schedule)
    if schedule.state != "ENABLED":
        return
    zone = schedule.schedule_expression_timezone
    due = next_time(schedule.schedule_expression, zone, after, cloud().options.minute_seconds)
    if due is not None:
        _arm_at(schedule, due)


def _arm_at(schedule: Schedule, due: float) -> None:
    _timers[schedule.arn] = cloud().clock.at(due, lambda: _fire(schedule, due))


def _disarm(schedule: Schedule) -> None:
    timer = _timers.pop(schedule.arn, None)
    if timer is not None:
        timer.cancel()


def _fire(schedule: Schedule, due: float) -> None:
    _arm(schedule, due)
    following = _timers.get(schedule.arn)
    if following is not None and following.due <= cloud().clock.horizon:
        return  # time is being moved on: once at the end is enough
    arn = schedule.target["Arn"]
    try:
        if arn == START_BUILD:
            _start_build(schedule)
        else:
            _invoke(schedule, arn)
    except Exception as error:  # moto's errors have no class in common
        reason = getattr(error, "message", None) or str(error)
        cloud().event("schedule-failed", None, schedule=schedule.name, target=arn, reason=reason)
    else:
        cloud().event("schedule-fired", None, schedule=schedule.name, target=arn)


def _invoke(schedule: Schedule, arn: str) -> None:
    record = lambda_api.find(arn.split(":")[3], arn) if ":lambda:" in arn else None
    if record is None:
        raise ValueError("no such function")
    lambda_api.invoke_later(record, _payload(schedule, schedule.target))


def _start_build(schedule: Schedule) -> None:
    """A universal target: the input has the parameters of the call, their names in upper case as the SDKs for Java have."""
    params = _lower(json.loads(_payload(schedule, schedule.target)))
    if not params.get("projectName"):
        raise ValueError("The input has no ProjectName.")
    start_build(schedule.arn.split(":")[3], params, schedule.target["RoleArn"].rsplit("/", 1)[-1])


def _lower(value: Any) -> Any:
    """Names that begin in lower case are unknown to a universal target, and dropped."""
    if isinstance(value, list):
        return [_lower(item) for item in value]
    if isinstance(value, dict):
        return {name[0].lower() + name[1:]: _lower(item) for name, item in value.items() if name[:1].isupper()}
    return value


def _payload(schedule: Schedule, target: dict[str, Any]) -> bytes:
    text = target.get("Input")
    if text is None:
        return json.dumps(
            {
                "version": "0",
                "id": str(uuid.uuid4()),
                "detail-type": "Scheduled Event",
                "source": "aws.scheduler",
                "time": cloud().clock.utc().strftime("%Y-%m-%dT%H:%M:%SZ"),
                "resources": [schedule.arn],
                "detail": "{}",
            }
        ).encode()
    attributes = {
        "schedule-arn": schedule.arn,
        "scheduled-time": cloud().clock.utc().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "execution-id": str(uuid.uuid4()),
        "attempt-number": "1",
    }
    return re.sub(r"<aws\.scheduler\.([\w-]+)>", lambda m: attributes.get(m.group(1), m.group()), text).encode()


def _create(self: EventBridgeSchedulerBackend, *args: Any, **kwargs: Any) -> Schedule:
    _check(kwargs)
    schedule = _moto_create(self, *args, **kwargs)
    # A rate begins with the schedule, not one period later.
    if schedule.schedule_expression.startswith("rate(") and schedule.state == "ENABLED":
        _arm_at(schedule, cloud().clock.now())
    else:
        _arm(schedule, cloud().clock.now())
    return schedule


def _update(self: EventBridgeSchedulerBackend, *args: Any, **kwargs: Any) -> Schedule:
    _check(kwargs)
    schedule = _moto_update(self, *args, **kwargs)
    schedule.state = schedule.state or "ENABLED"
    _arm(schedule, cloud().clock.now())
    return schedule


def _delete(self: EventBridgeSchedulerBackend, group_name: str | None, name: str) -> None:
    schedule = self.get_schedule(group_name, name)
    _moto_delete(self, group_name, name)
    _disarm(schedule)


def _check(fields: dict[str, Any]) -> None:
    zone = fields.get("schedule_expression_timezone") or "UTC"
    next_time(fields["schedule_expression"], zone, cloud().clock.now(), 60)

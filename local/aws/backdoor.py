"""/_local/*: what the machines daemon, the live view and the tests need and AWS does not have."""

import dataclasses
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from . import ec2, spot
from .autoscaling import backdoor as groups
from .cloud import Cloud
from .ecr import api as ecr
from .ecs import backdoor as ecs
from .ssm import agents, runs

Answer = tuple[int, dict[str, str], bytes]
# One handler takes the matched path, the query and the JSON body.
Handler = Callable[[re.Match[str], dict[str, str], Any], tuple[int, Any]]


class BackDoor:
    def __init__(self, cloud: Cloud):
        self._cloud = cloud
        self._routes: list[tuple[str, str, Handler]] = [
            ("GET", r"/_local/health", lambda *_: (200, {"ready": True})),
            ("GET", r"/_local/calls", self._calls),
            ("GET", r"/_local/events", self._events),
            ("GET", r"/_local/instances/([\w-]+)", self._instance),
            ("POST", r"/_local/instances/([\w-]+)/stopped", self._stopped),
            ("POST", r"/_local/instances/([\w-]+)/spot-notice", self._spot_notice),
            ("POST", r"/_local/instances/([\w-]+)/checks", self._checks),
            ("POST", r"/_local/instances/([\w-]+)/agent", self._tell_agent),
            ("POST", r"/_local/scripts", self._tell_script),
            ("POST", r"/_local/groups/([\w-]+)/rebalance", groups.rebalance_now),
            *ecs.ROUTES,
            ("POST", r"/_local/faults", self._add_fault),
            ("DELETE", r"/_local/faults", self._clear_faults),
            ("DELETE", r"/_local/faults/(\d+)", self._remove_fault),
            ("GET", r"/_local/clock", self._clock),
            ("POST", r"/_local/clock", self._advance),
            ("GET", r"/_local/options", self._options),
            ("PUT", r"/_local/options", self._set_options),
        ]

    def handle(self, environ: dict[str, Any], body: bytes) -> Answer:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        query = {name: values[0] for name, values in parse_qs(environ.get("QUERY_STRING", "")).items()}
        for verb, pattern, handler in self._routes:
            match = re.fullmatch(pattern, path)
            if verb == method and match:
                try:
                    status, answer = handler(match, query, json.loads(body) if body else {})
                except (ValueError, TypeError, KeyError) as error:
                    status, answer = 400, {"error": f"{type(error).__name__}: {error}"}
                return status, {}, json.dumps(answer, default=str).encode()
        return 404, {}, json.dumps({"error": f"No {method} {path} here."}).encode()

    def _calls(self, _: re.Match[str], query: dict[str, str], __: Any) -> tuple[int, Any]:
        following, calls = self._cloud.calls.since(int(query.get("since", 0)))
        return 200, {"next": following, "calls": calls}

    def _events(self, _: re.Match[str], query: dict[str, str], __: Any) -> tuple[int, Any]:
        following, events = self._cloud.events.since(int(query.get("since", 0)))
        return 200, {"next": following, "events": events}

    def _instance(self, match: re.Match[str], _: dict[str, str], __: Any) -> tuple[int, Any]:
        with self._cloud.lock:
            instance = ec2.find_instance(match.group(1))
            return (200, ec2.describe(instance)) if instance else _no_instance(match)

    def _stopped(self, match: re.Match[str], _: dict[str, str], body: Any) -> tuple[int, Any]:
        with self._cloud.lock:
            instance = ec2.find_instance(match.group(1))
            if instance is None:
                return _no_instance(match)
            ec2.machine_stopped(instance, str(body.get("reason", "")))
            return 200, {"state": instance.state}

    def _spot_notice(self, match: re.Match[str], _: dict[str, str], body: Any) -> tuple[int, Any]:
        with self._cloud.lock:
            instance = ec2.find_instance(match.group(1))
            if instance is None:
                return _no_instance(match)
            seconds = float(body.get("inSeconds", spot.NOTICE_SECONDS))
            return 201, spot.give_notice(instance, body["kind"], seconds)

    def _checks(self, match: re.Match[str], _: dict[str, str], body: Any) -> tuple[int, Any]:
        with self._cloud.lock:
            instance = ec2.find_instance(match.group(1))
            return (200, ec2.set_checks(instance, body)) if instance else _no_instance(match)

    def _tell_agent(self, match: re.Match[str], _: dict[str, str], body: Any) -> tuple[int, Any]:
        agents.tell(match.group(1), body["state"])
        return 200, body

    def _tell_script(self, _: re.Match[str], __: dict[str, str], body: Any) -> tuple[int, Any]:
        """instanceId (absent: of any), seconds (null: for ever), code, stdout, stderr"""
        names = {_camel(field.name): field.name for field in dataclasses.fields(runs.Script)}
        runs.tell(runs.Script(**{names[name]: value for name, value in body.items()}))
        return 201, body

    def _add_fault(self, _: re.Match[str], __: dict[str, str], body: Any) -> tuple[int, Any]:
        return 201, {"id": self._cloud.faults.add(body)}

    def _remove_fault(self, match: re.Match[str], _: dict[str, str], __: Any) -> tuple[int, Any]:
        return (200, {}) if self._cloud.faults.remove(int(match.group(1))) else (404, {"error": "No such fault."})

    def _clear_faults(self, _: re.Match[str], __: dict[str, str], ___: Any) -> tuple[int, Any]:
        self._cloud.faults.clear()
        return 200, {}

    def _clock(self, _: re.Match[str], __: dict[str, str], ___: Any) -> tuple[int, Any]:
        return 200, {"now": self._cloud.clock.utc().isoformat()}

    def _advance(self, match: re.Match[str], query: dict[str, str], body: Any) -> tuple[int, Any]:
        self._cloud.clock.advance(float(body["advanceSeconds"]))
        return self._clock(match, query, body)

    def _options(self, _: re.Match[str], __: dict[str, str], ___: Any) -> tuple[int, Any]:
        return 200, {_camel(name): value for name, value in dataclasses.asdict(self._cloud.options).items()}

    def _set_options(self, match: re.Match[str], query: dict[str, str], body: Any) -> tuple[int, Any]:
        known = {_camel(field.name): field.name for field in dataclasses.fields(self._cloud.options)}
        for name, value in body.items():
            if name not in known:
                raise ValueError(f"There is no option {name}: use {', '.join(known)}.")
            if name == "registryHost":
                ecr.name_registry(value)
            setattr(self._cloud.options, known[name], value)
        return self._options(match, query, body)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def _no_instance(match: re.Match[str]) -> tuple[int, Any]:
    return 404, {"error": f"No instance {match.group(1)}."}

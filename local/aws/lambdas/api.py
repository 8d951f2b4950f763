"""The Lambda API: functions that run for real, at once or asynchronously with their retries."""

import json
import re
import threading
import traceback
from typing import Any
from urllib.parse import unquote

from moto.awslambda.models import EventInvokeConfig, LambdaBackend, LambdaFunction, lambda_backends

from ..calls import Call, error_answer
from ..cloud import ACCOUNT, cloud
from .environment import Outcome
from .function import Function

Answer = tuple[int, dict[str, str], bytes]

# AWS's defaults of asynchronous invocation, and its pauses before the first and the second retry.
EVENT_AGE, RETRIES, PAUSES = 21_600, 2, (60.0, 120.0)

_moto_init = LambdaFunction.__init__
_moto_configuration = LambdaFunction.get_configuration
_moto_update_code = LambdaFunction.update_function_code
_moto_update_configuration = LambdaFunction.update_configuration
_moto_put_config = LambdaBackend.put_function_event_invoke_config
_moto_delete = LambdaBackend.delete_function

_running: dict[int, Function] = {}
_lock = threading.Lock()


def install() -> None:
    LambdaFunction.__init__ = _init  # type: ignore[method-assign]
    LambdaFunction.get_configuration = _configuration  # type: ignore[method-assign]
    LambdaFunction.update_function_code = _update_code  # type: ignore[method-assign]
    LambdaFunction.update_configuration = _update_configuration  # type: ignore[method-assign]
    LambdaBackend.put_function_event_invoke_config = _put_config  # type: ignore[method-assign]
    LambdaBackend.delete_function = _delete  # type: ignore[method-assign]


def stop() -> None:
    for function in list(_running.values()):
        function.kill()


def invoke(call: Call, environ: dict[str, Any], body: bytes) -> Answer:
    """POST /2015-03-31/functions/NAME/invocations, synchronous or not."""
    match = re.fullmatch(r"/[^/]+/functions/(.+)/invocations/?", environ["PATH_INFO"])
    name = unquote(match.group(1)) if match else ""
    record = find(call.region, name)
    if record is None:
        return error_answer(call, 404, "ResourceNotFoundException", f"Function not found: {name}")
    kind = environ.get("HTTP_X_AMZ_INVOCATION_TYPE", "RequestResponse")
    if kind == "DryRun":
        return 204, {}, b""
    if kind == "Event":
        invoke_later(record, body or b"{}")
        return 202, {}, b""
    outcome = run(record, body or b"{}")
    headers = {"X-Amz-Executed-Version": "$LATEST", "Content-Type": "application/json"}
    if outcome.error is not None:
        headers["X-Amz-Function-Error"] = outcome.error
    return 200, headers, outcome.payload


def find(region: str, name_or_arn: str) -> LambdaFunction | None:
    with cloud().lock:
        try:
            return lambda_backends[ACCOUNT][region].get_function(name_or_arn)
        except Exception:  # moto has several errors for an unknown function
            return None


def invoke_later(record: LambdaFunction, payload: bytes) -> None:
    """Asynchronously: failures are tried again, as often and as long as the function's settings allow."""
    config = record.event_invoke_config[-1].config if record.event_invoke_config else {}
    retries = config.get("MaximumRetryAttempts")
    age = config.get("MaximumEventAgeInSeconds")
    give_up = cloud().clock.now() + (EVENT_AGE if age is None else age)
    _attempt(record, payload, RETRIES if retries is None else retries, 0, give_up)


def _attempt(record: LambdaFunction, payload: bytes, retries: int, attempt: int, give_up: float) -> None:
    def work() -> None:
        outcome = run(record, payload)
        clock = cloud().clock
        pause = PAUSES[min(attempt, 1)] * cloud().options.minute_seconds / 60
        if outcome.error is None:
            return
        if attempt >= retries or clock.now() + pause > give_up:
            cloud().event("lambda-event-dropped", None, function=record.function_name, attempts=attempt + 1)
            return
        clock.after(pause, lambda: _attempt(record, payload, retries, attempt + 1, give_up))

    threading.Thread(target=work, daemon=True).start()


def run(record: LambdaFunction, payload: bytes) -> Outcome:
    try:
        with _lock:
            function = _running.get(id(record))
            if function is None:
                function = _running[id(record)] = Function(record)
        return function.invoke(payload)
    except Exception as error:
        traceback.print_exc()
        message = f"The local AWS could not run {record.function_name}: {error}"
        return Outcome(json.dumps({"errorType": "LocalCloudError", "errorMessage": message}).encode(), "Unhandled")


def _retire(record: LambdaFunction) -> None:
    with _lock:
        function = _running.pop(id(record), None)
    if function is not None:
        function.retire()


# What moto forgets of a function, and what ends its environments.
REMEMBERED = {"LoggingConfig": "logging_config", "DeadLetterConfig": "dead_letter_config"}


def _remember(self: LambdaFunction, spec: dict[str, Any]) -> None:
    for name, attribute in REMEMBERED.items():
        if spec.get(name) is not None:
            setattr(self, attribute, spec[name])


def _init(self: LambdaFunction, account_id: str, spec: dict[str, Any], region: str, version: str | int = 1) -> None:
    _moto_init(self, account_id, spec, region, version)
    _remember(self, spec)


def _configuration(self: LambdaFunction, on_create: bool = False) -> dict[str, Any]:
    configuration = _moto_configuration(self, on_create)
    logging = getattr(self, "logging_config", None) or {}
    configuration["LoggingConfig"] = {
        "LogFormat": "Text",
        "LogGroup": f"/aws/lambda/{self.function_name}",
        **logging,
    }
    if getattr(self, "dead_letter_config", None):
        configuration["DeadLetterConfig"] = self.dead_letter_config  # type: ignore[attr-defined]
    return configuration


def _update_code(self: LambdaFunction, updated_spec: dict[str, Any]) -> dict[str, Any]:
    _retire(self)
    return _moto_update_code(self, updated_spec)


def _update_configuration(self: LambdaFunction, config_updates: dict[str, Any]) -> dict[str, Any]:
    _retire(self)
    _remember(self, config_updates)
    return _moto_update_configuration(self, config_updates)


def _put_config(self: LambdaBackend, function_name: str, config: dict[str, Any]) -> dict[str, Any]:
    """moto keeps every version of it and answers with the first."""
    record = self.get_function(function_name)
    answer = _moto_put_config(self, function_name, config)
    record.event_invoke_config[:] = record.event_invoke_config[-1:]
    assert all(isinstance(kept, EventInvokeConfig) for kept in record.event_invoke_config)
    return answer


def _delete(self: LambdaBackend, function_name: str, qualifier: str | None = None) -> None:
    record = self.get_function(function_name)
    _moto_delete(self, function_name, qualifier)
    _retire(record)

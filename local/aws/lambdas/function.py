"""A function: its unpacked package, its warm environments, and what an invocation of it logs."""

import io
import json
import math
import shutil
import threading
import time
import uuid
import zipfile
from pathlib import Path

from moto.awslambda.models import LambdaFunction

from ..cloud import cloud
from ..principals import session_of
from .environment import Environment, Invocation, Outcome
from .logs import LogStream, count_invocation

SESSION_SECONDS = 43_200


class Function:
    """Of one revision of code and configuration; a changed function is a new one."""

    def __init__(self, record: LambdaFunction):
        if not (record.run_time or "").startswith("nodejs"):
            raise ValueError(f"The local AWS runs nodejs functions, not {record.run_time} ({record.function_name}).")
        self.name: str = record.function_name
        self._record = record
        self._root: Path = cloud().run_dir / "lambda" / f"{self.name}-{uuid.uuid4().hex[:8]}"
        self._root.mkdir(parents=True)
        with zipfile.ZipFile(io.BytesIO(record.code_bytes)) as package:
            package.extractall(self._root)
        self._lock = threading.Lock()
        self._idle: list[tuple[Environment, LogStream]] = []
        self._all: set[Environment] = set()
        self._retired = False

    def invoke(self, payload: bytes) -> Outcome:
        """Runs it in a warm environment, or a new one: environments are never shared by two invocations."""
        environment, stream, cold = self._take()
        timeout = int(self._record.timeout)
        invocation = Invocation(payload, timeout, self._record.function_arn)
        stream.put([f"START RequestId: {invocation.id} Version: $LATEST"])
        outcome = environment.run(invocation)
        duration = (time.time() - invocation.deadline + timeout) * 1000
        memory = environment.memory_mb()
        if outcome.error == "Sandbox.Timedout":
            text = f"{invocation.id} Task timed out after {timeout:.2f} seconds"
            stream.put([text])
            outcome = Outcome(_error("Sandbox.Timedout", f"RequestId: {invocation.id} Error: {text[37:]}"), "Unhandled")
        elif outcome.error == "Runtime.ExitError":
            stream.put([outcome.payload.decode()])
            outcome = Outcome(_error("Runtime.ExitError", outcome.payload.decode()), "Unhandled")
        stream.put(
            [
                f"END RequestId: {invocation.id}",
                f"REPORT RequestId: {invocation.id}\tDuration: {duration:.2f} ms\t"
                f"Billed Duration: {math.ceil(duration)} ms\tMemory Size: {self._record.memory_size} MB\t"
                f"Max Memory Used: {memory} MB" + ("\tInit Duration: 0.00 ms" if cold else ""),
            ]
        )
        self._give_back(environment, stream)
        count_invocation(self._record.region, self.name, duration, outcome.error is not None)
        cloud().event(
            "lambda-invoked",
            None,
            function=self.name,
            status="ok" if outcome.error is None else "error",
            ms=round(duration),
            memoryMb=memory,
        )
        return outcome

    def retire(self) -> None:
        """Ends the warm environments at once, busy ones with their invocation."""
        with self._lock:
            self._retired = True
            idle, self._idle = self._idle, []
        for environment, _ in idle:
            self._end(environment)

    def kill(self) -> None:
        self._retired = True
        for environment in list(self._all):
            self._end(environment)

    def _take(self) -> tuple[Environment, LogStream, bool]:
        with self._lock:
            while self._idle:
                environment, stream = self._idle.pop()
                if environment.alive:
                    return environment, stream, False
                self._all.discard(environment)
        record = self._record
        stream = LogStream(record.region, _log_group(record))
        with cloud().lock:
            session = session_of(record.role, self.name, record.region, SESSION_SECONDS)
        environment = Environment(
            {
                "AWS_ENDPOINT_URL": cloud().url,
                **{key: str(value) for key, value in record.environment_vars.items()},
                **session,
                "_HANDLER": str(record.handler),
                "LAMBDA_TASK_ROOT": str(self._root),
                "AWS_REGION": record.region,
                "AWS_DEFAULT_REGION": record.region,
                "AWS_EXECUTION_ENV": f"AWS_Lambda_{record.run_time}",
                "AWS_LAMBDA_FUNCTION_NAME": self.name,
                "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(record.memory_size),
                "AWS_LAMBDA_LOG_GROUP_NAME": stream.group,
                "AWS_LAMBDA_LOG_STREAM_NAME": stream.name,
                "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            },
            self._root,
            stream.write,
        )
        with self._lock:
            self._all.add(environment)
        return environment, stream, True

    def _give_back(self, environment: Environment, stream: LogStream) -> None:
        with self._lock:
            if environment.alive and not self._retired:
                self._idle.append((environment, stream))
                return
        self._end(environment)

    def _end(self, environment: Environment) -> None:
        environment.kill()
        with self._lock:
            self._all.discard(environment)
            if self._retired and not self._all:
                shutil.rmtree(self._root, ignore_errors=True)


def _log_group(record: LambdaFunction) -> str:
    logging = getattr(record, "logging_config", None) or {}
    return str(logging.get("LogGroup") or f"/aws/lambda/{record.function_name}")


def _error(kind: str, message: str) -> bytes:
    return json.dumps({"errorType": kind, "errorMessage": message}).encode()

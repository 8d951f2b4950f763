"""The WSGI application: back door, faults, moto, and a record of every call."""

import io
import sys
import time
import traceback
from collections.abc import Iterable
from typing import Any

from botocore.model import OperationNotFoundError  # type: ignore[import-untyped]
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.test import run_wsgi_app

from . import web_identity
from .backdoor import BackDoor
from .calls import Call, error_answer, error_code, parse_call
from .cloud import Cloud
from .ecr import registry
from .ecs import agent_api
from .lambdas import api as lambda_api
from .lambdas import urls
from .principals import OPERATOR, principal_of
from .ssm import api as ssm_api

Answer = tuple[int, dict[str, str], bytes]
# With what is streamed.
Stream = tuple[int, dict[str, str], bytes | Iterable[bytes]]


class Application:
    def __init__(self, cloud: Cloud):
        self._cloud = cloud
        self._back_door = BackDoor(cloud)
        self._moto = DomainDispatcherApplication(create_backend_app)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ.get("PATH_INFO", "").startswith(registry.PREFIX):
            passed = registry.handle(environ)
            start_response(f"{passed.status} {'OK' if passed.status < 400 else 'Error'}", list(passed.headers.items()))
            return passed.body
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        status, headers, answer = self._answer(environ, body)
        headers.setdefault("Content-Type", "application/json")
        if isinstance(answer, bytes):
            headers["Content-Length"] = str(len(answer))
        start_response(f"{status} {'OK' if status < 400 else 'Error'}", list(headers.items()))
        return [answer] if isinstance(answer, bytes) else answer

    def _answer(self, environ: dict[str, Any], body: bytes) -> Stream:
        if environ.get("PATH_INFO", "").startswith(urls.PREFIX):
            return urls.handle(environ, body)
        if environ.get("PATH_INFO", "").startswith(agent_api.PREFIX):
            return agent_api.handle(environ, body, self._is_machine(environ))
        if self._is_machine(environ) and not self._may_come_from_a_machine(environ, body):
            return 403, {}, b'{"message": "Machines may call AWS with their role, and nothing else."}'
        if environ.get("PATH_INFO", "").startswith("/_local/"):
            return self._back_door.handle(environ, body)
        return self._aws(environ, body)

    @staticmethod
    def _is_machine(environ: dict[str, Any]) -> bool:
        """Machines have addresses of their own; everybody else comes from this host, over loopback or its own address."""
        caller = environ.get("REMOTE_ADDR") or "127.0.0.1"
        return caller not in ("127.0.0.1", "::1", environ.get("SERVER_NAME"))

    def _may_come_from_a_machine(self, environ: dict[str, Any], body: bytes) -> bool:
        """What stands in for IAM between a job and AWS: no back door, and no call without a session of a role."""
        if environ.get("PATH_INFO", "").startswith(("/_local/", "/moto-api/")):
            return False
        call = parse_call(environ, body)
        with self._cloud.lock:
            return principal_of(call.authorization) != OPERATOR or web_identity.is_it(call)

    def _aws(self, environ: dict[str, Any], body: bytes) -> Answer:
        call = parse_call(environ, body)
        with self._cloud.lock:
            principal = web_identity.PRINCIPAL if web_identity.is_it(call) else principal_of(call.authorization)
        fault = self._cloud.faults.take(call.service, call.operation, call.text)
        if fault is not None and fault.delay_ms:
            time.sleep(fault.delay_ms / 1000)
        if fault is not None and fault.status is not None:
            answer = error_answer(call, fault.status, fault.code, fault.message)
        elif (call.service, call.operation) == ("lambda", "Invoke"):
            # Not under the lock: the function itself calls back.
            answer = lambda_api.invoke(call, environ, body)
        else:
            if call.service == "ssm":
                ssm_api.prepare(call)
            elif web_identity.is_it(call):
                web_identity.prepare(body)
            answer = self._dispatch(call, environ, principal)
        status, headers, content = answer
        code = error_code(status, {k.lower(): v for k, v in headers.items()}, content)
        self._cloud.book(principal, call.service, call.operation, status, code)
        return answer

    def _dispatch(self, call: Call, environ: dict[str, Any], principal: str) -> Answer:
        with self._cloud.lock:
            self._cloud.principal = principal
            try:
                chunks, status, headers = run_wsgi_app(self._moto, environ, buffered=True)
                return int(status.split()[0]), dict(headers), b"".join(chunks)
            except (NotImplementedError, OperationNotFoundError):
                message = f"The local AWS has no {call.service}:{call.operation}."
                print(message, file=sys.stderr)
                # Not 500, which SDKs and Terraform try again.
                return error_answer(call, 501, "NotImplemented", message)
            except Exception as error:
                traceback.print_exc()
                message = f"The local AWS broke on {call.service}:{call.operation}: {type(error).__name__}: {error}"
                return error_answer(call, 400, "LocalCloudError", message)
            finally:
                self._cloud.principal = None

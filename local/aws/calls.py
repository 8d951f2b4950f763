"""Which service and operation an HTTP request is, without running it."""

import json
import re
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import parse_qs, unquote_plus

from moto.core.request import Request
from moto.core.routing import get_service_router

# The name in the signature is not always the name of the service.
SERVICES = {"monitoring": "cloudwatch"}
# Operations that nobody signs.
UNSIGNED = {"AssumeRoleWithWebIdentity": "sts"}
_SCOPE = re.compile(r"Credential=[^/]+/\d+/([^/]+)/([^/]+)/aws4_request")


@dataclass(frozen=True)
class Call:
    service: str
    operation: str
    region: str
    authorization: str
    # Path and body in clear, for finding a resource's name in.
    text: str


def parse_call(environ: dict[str, Any], body: bytes) -> Call:
    authorization = environ.get("HTTP_AUTHORIZATION", "")
    scope = _SCOPE.search(authorization)
    region, service = scope.groups() if scope else ("us-east-1", "unknown")
    service = SERVICES.get(service, service)
    text = body.decode("utf-8", "replace")
    form = environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded")
    target = environ.get("HTTP_X_AMZ_TARGET")
    if form and "Action" in (fields := parse_qs(text)):
        operation = fields["Action"][0]
    elif target:
        operation = target.rsplit(".", 1)[-1]
    else:
        operation = _rest_operation(service, environ)
    if not scope:
        service = UNSIGNED.get(operation, service)
    clear = unquote_plus(text) if form else text
    return Call(service, operation, region, authorization, f"{unquote_plus(environ.get('PATH_INFO', ''))} {clear}")


def _rest_operation(service: str, environ: dict[str, Any]) -> str:
    try:
        operation, _ = get_service_router(service).match(Request(environ.copy()))
        return str(operation.name)
    except Exception:  # a path that is no operation, a service without a REST protocol
        return "unknown"


def error_code(status: int, headers: dict[str, str], body: bytes) -> str | None:
    """The code of an AWS error answer."""
    if status < 400:
        return None
    named = headers.get("x-amzn-errortype")
    if named:
        return named.split(":")[0]
    text = body.decode("utf-8", "replace")
    if match := re.search(r"<Code>([^<]+)</Code>", text):
        return match.group(1)
    try:
        return str(json.loads(text).get("__type", status)).rsplit("#", 1)[-1]
    except (ValueError, AttributeError):
        return str(status)


def error_answer(call: Call, status: int, code: str, message: str) -> tuple[int, dict[str, str], bytes]:
    """An error in the protocol of the service."""
    if call.service in ("autoscaling", "ec2", "iam", "sts", "sns", "cloudwatch", "s3") and not call.text.startswith(
        "/ {"
    ):
        text = (
            f"<ErrorResponse><Error><Type>{'Sender' if status < 500 else 'Receiver'}</Type><Code>{code}</Code>"
            f"<Message>{escape(message)}</Message></Error><RequestId>local</RequestId></ErrorResponse>"
        )
        if call.service == "ec2":
            text = (
                f"<Response><Errors><Error><Code>{code}</Code><Message>{escape(message)}</Message></Error></Errors>"
                "<RequestID>local</RequestID></Response>"
            )
        return status, {"Content-Type": "text/xml"}, text.encode()
    answer = json.dumps({"__type": code, "message": message, "Message": message}).encode()
    return status, {"Content-Type": "application/json", "x-amzn-errortype": code}, answer

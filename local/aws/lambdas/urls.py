"""Function URLs, at /_url/<function>/ of the local AWS: requests as events in payload format 2.0.

https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
"""

import base64
import json
import re
import uuid
from typing import Any
from urllib.parse import parse_qsl, unquote

from moto.awslambda.models import FunctionUrlConfig, LambdaFunction, lambda_backends

from ..cloud import ACCOUNT, cloud
from . import api

Answer = tuple[int, dict[str, str], bytes]
PREFIX = "/_url/"
# URLs that were made since October 2025 need both: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
NEEDED = {"lambda:InvokeFunctionUrl", "lambda:InvokeFunction"}
_TEXT = re.compile(r"text/|application/(json|xml|javascript|x-www-form-urlencoded)|.*\+(json|xml)")

_moto_to_dict = FunctionUrlConfig.to_dict


def install() -> None:
    FunctionUrlConfig.to_dict = _to_dict  # type: ignore[method-assign]


def handle(environ: dict[str, Any], body: bytes) -> Answer:
    name, _, path = environ["PATH_INFO"].removeprefix(PREFIX).partition("/")
    with cloud().lock:
        record = _find(name)
        open_to_all = record is not None and _is_open(record)
    if record is None:
        return 404, {}, b'{"Message":null}'
    if not open_to_all:
        return 403, {}, b'{"Message":"Forbidden"}'
    outcome = api.run(record, json.dumps(_to_event(name, f"/{path}", environ, body)).encode())
    if outcome.error is not None:
        return 502, {}, b"Internal Server Error"
    return _to_answer(json.loads(outcome.payload or b"null"))


def _find(name: str) -> LambdaFunction | None:
    for region in lambda_backends[ACCOUNT].values():
        try:
            record = region.get_function(unquote(name))
        except Exception:  # moto has several errors for an unknown function
            continue
        if record.url_config is not None:
            return record
    return None


def _is_open(record: LambdaFunction) -> bool:
    """A URL of type NONE answers only when its policy lets everybody in; nobody here signs calls of type AWS_IAM."""
    if record.url_config is None or record.url_config.config.get("AuthType") != "NONE" or record.policy is None:
        return False
    allowed = {
        statement.get("Action")
        for statement in record.policy.statements
        if statement.get("Principal") in ("*", {"AWS": "*"})
    }
    return allowed >= NEEDED


def _to_event(name: str, path: str, environ: dict[str, Any], body: bytes) -> dict[str, Any]:
    now = cloud().clock.utc()
    headers = {
        key[5:].replace("_", "-").lower(): value for key, value in environ.items() if key.startswith("HTTP_")
    } | {key.replace("_", "-").lower(): environ[key] for key in ("CONTENT_TYPE", "CONTENT_LENGTH") if environ.get(key)}
    cookies = [cookie.strip() for cookie in headers.pop("cookie", "").split(";") if cookie.strip()]
    query = environ.get("QUERY_STRING", "")
    parameters: dict[str, str] = {}
    for key, value in parse_qsl(query, keep_blank_values=True):
        parameters[key] = f"{parameters[key]},{value}" if key in parameters else value
    text = _TEXT.match(headers.get("content-type", "")) is not None
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "accountId": "anonymous",
            "apiId": name,
            "domainName": headers.get("host", ""),
            "domainPrefix": name,
            "http": {
                "method": environ["REQUEST_METHOD"],
                "path": path,
                "protocol": environ.get("SERVER_PROTOCOL", "HTTP/1.1"),
                "sourceIp": environ.get("REMOTE_ADDR", ""),
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": str(uuid.uuid4()),
            "routeKey": "$default",
            "stage": "$default",
            "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": int(now.timestamp() * 1000),
        },
        "isBase64Encoded": bool(body) and not text,
    }
    if cookies:
        event["cookies"] = cookies
    if parameters:
        event["queryStringParameters"] = parameters
    if body:
        event["body"] = body.decode("utf-8", "replace") if text else base64.b64encode(body).decode()
    return event


def _to_answer(result: Any) -> Answer:
    """A result without a status code is the body itself, as JSON."""
    if not isinstance(result, dict) or "statusCode" not in result:
        return 200, {"Content-Type": "application/json"}, json.dumps(result).encode()
    headers = {str(key): str(value) for key, value in (result.get("headers") or {}).items()}
    if not any(key.lower() == "content-type" for key in headers):
        headers["Content-Type"] = "application/json"
    body = result.get("body") or ""
    text = body if isinstance(body, str) else json.dumps(body)
    content = base64.b64decode(text) if result.get("isBase64Encoded") else text.encode()
    return int(result["statusCode"]), headers, content


def _to_dict(self: FunctionUrlConfig) -> dict[str, Any]:
    return {
        **_moto_to_dict(self),
        "FunctionUrl": f"{cloud().url}{PREFIX}{self.function.function_name}/",
        "InvokeMode": self.config.get("InvokeMode") or "BUFFERED",
    }

"""What other services of AWS bring to a function: only what the function's own policy lets them."""

from fnmatch import fnmatchcase
from typing import Any

from moto.awslambda.models import LambdaFunction

from ..cloud import cloud
from . import api


def deliver(function_arn: str, payload: bytes, service: str, source_arn: str) -> bool:
    """Invokes it later. A service such as sns.amazonaws.com is not told of a failure: that is an event `delivery-failed`."""
    record = api.find(function_arn.split(":")[3], function_arn)
    if record is None:
        reason = "no such function"
    elif not _may_invoke(record, service, source_arn):
        reason = f"no statement of its policy lets {service} invoke it for {source_arn}"
    else:
        api.invoke_later(record, payload)
        return True
    cloud().event("delivery-failed", None, function=function_arn.split(":")[6], source=source_arn, reason=reason)
    return False


def _may_invoke(record: LambdaFunction, service: str, source_arn: str) -> bool:
    return any(_allows(statement, service, source_arn) for statement in record.policy.statements)


def _allows(statement: dict[str, Any], service: str, source_arn: str) -> bool:
    principal, conditions = statement.get("Principal"), statement.get("Condition") or {}
    arn = (conditions.get("ArnLike") or {}).get("AWS:SourceArn")
    return (
        statement.get("Action") in ("lambda:InvokeFunction", "lambda:*")
        and isinstance(principal, dict)
        and principal.get("Service") == service
        and (arn is None or fnmatchcase(source_arn, arn))
    )

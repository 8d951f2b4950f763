"""Whether the trust policy of a role lets a web identity, or a service of AWS, in.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
"""

import json
import re
from collections.abc import Callable
from typing import Any

ACTION = "sts:AssumeRoleWithWebIdentity"
# Claims that AWS makes condition keys of, whoever the provider is.
KEYS = ("aud", "sub", "amr")


def _like(value: str, pattern: str) -> bool:
    parts = re.split(r"([*?])", pattern)
    expression = "".join({"*": ".*", "?": "."}.get(part, re.escape(part)) for part in parts)
    return re.fullmatch(expression, value, re.DOTALL) is not None


OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda value, wanted: value == wanted,
    "StringEqualsIgnoreCase": lambda value, wanted: value.lower() == wanted.lower(),
    "StringLike": _like,
}


def is_trusted(document: str, provider_arn: str, claims: dict[str, Any]) -> bool:
    """Raises NotImplementedError for what this evaluation does not know: to guess would open or close a door."""
    statements = _list(json.loads(document).get("Statement"))
    found = [statement for statement in statements if _applies(statement, provider_arn, claims)]
    return bool(found) and all(statement["Effect"] == "Allow" for statement in found)


def trusts_service(document: str, service: str) -> bool:
    """Whatever conditions it has: ours are of the account and the cluster, which the local cloud has one of."""
    for statement in _list(json.loads(document or "{}").get("Statement")):
        principal = statement.get("Principal")
        services = _list(principal.get("Service")) if isinstance(principal, dict) else []
        if (
            statement.get("Effect") == "Allow"
            and service in services
            and "sts:AssumeRole" in _list(statement["Action"])
        ):
            return True
    return False


def _applies(statement: dict[str, Any], provider_arn: str, claims: dict[str, Any]) -> bool:
    unknown = set(statement) - {"Sid", "Effect", "Principal", "Action", "Condition"}
    if unknown:
        raise NotImplementedError(f"The local AWS evaluates no {', '.join(sorted(unknown))} in a trust policy.")
    if not any(_like(ACTION.lower(), action.lower()) for action in _list(statement["Action"])):
        return False
    principal = statement["Principal"]
    federated = ["*"] if principal == "*" else _list(principal.get("Federated"))
    if provider_arn not in federated and "*" not in federated:
        return False
    provider = provider_arn.partition(":oidc-provider/")[2]
    return all(
        _holds(operator, key, _list(wanted), provider, claims)
        for operator, conditions in (statement.get("Condition") or {}).items()
        for key, wanted in conditions.items()
    )


def _holds(operator: str, key: str, wanted: list[str], provider: str, claims: dict[str, Any]) -> bool:
    if operator not in OPERATORS:
        raise NotImplementedError(f"The local AWS evaluates no {operator} in a trust policy.")
    name = key.removeprefix(f"{provider}:")
    if name == key or name not in KEYS:
        raise NotImplementedError(f"The local AWS evaluates no {key} in a trust policy.")
    values = [str(value) for value in _list(claims.get(name))]
    return any(OPERATORS[operator](value, pattern) for value in values for pattern in wanted)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]

"""S3 bucket policies: moto does not look at their conditions. Here every call counts as one over TLS."""

import json
from typing import Any

from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.models import FakeBucket


def install() -> None:
    FakeBucket.get_permission = _permission  # type: ignore[method-assign]


def _permission(self: FakeBucket, action: str, resource: str) -> Any:
    if self.policy is None:
        return PermissionResult.NEUTRAL
    policy = json.loads(self.policy)
    policy["Statement"] = [one for one in policy["Statement"] if not _is_for_plain_http(one)]
    return IAMPolicy(json.dumps(policy)).is_action_permitted(action, resource)


def _is_for_plain_http(statement: dict[str, Any]) -> bool:
    return bool(statement.get("Condition", {}).get("Bool", {}).get("aws:SecureTransport") == "false")

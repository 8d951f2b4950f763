"""Names and ARNs of ECS's resources."""

from typing import Any

from ..cloud import ACCOUNT

Record = dict[str, Any]
Tags = list[dict[str, str]]


def arn(region: str, kind: str, name: str) -> str:
    return f"arn:aws:ecs:{region}:{ACCOUNT}:{kind}/{name}"


def last(name_or_arn: str) -> str:
    """The name, or the id, of what may be named by either."""
    return name_or_arn.rsplit("/", 1)[-1]


def merge_tags(known: Tags, more: Tags) -> Tags:
    merged = {tag["key"]: tag.get("value", "") for tag in [*known, *more]}
    return [{"key": key, "value": value} for key, value in merged.items()]

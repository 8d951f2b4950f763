"""What the parts of the ECS API share."""

import json
from typing import Any

from moto.core.responses import BaseResponse

from ..cloud import cloud
from .names import Record, arn


class Base(BaseResponse):
    def __init__(self) -> None:
        super().__init__(service_name="ecs")

    def _without_tags(self, record: Record) -> Record:
        shown = "TAGS" in (self._body.get("include") or [])
        return record if shown else {name: value for name, value in record.items() if name != "tags"}

    def _missing(self, kind: str, names: list[str]) -> list[Record]:
        return [{"arn": arn(self.region, kind, name), "reason": "MISSING"} for name in names]

    @property
    def _who(self) -> str:
        return cloud().principal or "aws"

    @property
    def _body(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body or "{}")
        return found

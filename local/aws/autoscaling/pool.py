"""The warm pool of a group: instances that are prepared, stopped, and started again when the group grows."""

from typing import Any

from moto.autoscaling.exceptions import ValidationError

STATES = ("Stopped", "Running", "Hibernated")
UNLIMITED = -1


class WarmPool:
    """Attribute names are those that moto's serializer looks for."""

    def __init__(self) -> None:
        self.min_size = 0
        self.pool_state = "Stopped"
        self.instance_reuse_policy: dict[str, bool] | None = None
        self.status: str | None = None
        self._most = UNLIMITED

    @property
    def max_group_prepared_capacity(self) -> int | None:
        return None if self._most == UNLIMITED else self._most

    def update(self, params: dict[str, Any]) -> None:
        """What is not given stays as it was."""
        most = UNLIMITED if params.get("MaxGroupPreparedCapacity") is None else int(params["MaxGroupPreparedCapacity"])
        if most < UNLIMITED:
            raise ValidationError(f"MaxGroupPreparedCapacity must be -1 or more, not {most}.")
        if int(params.get("MinSize") or 0) < 0:
            raise ValidationError(f"MinSize must be 0 or more, not {params['MinSize']}.")
        if params.get("PoolState") not in (None, *STATES):
            raise ValidationError(f"PoolState must be one of {', '.join(STATES)}, not {params['PoolState']}.")
        if params.get("MaxGroupPreparedCapacity") is not None:
            self._most = most
        if params.get("MinSize") is not None:
            self.min_size = int(params["MinSize"])
        self.pool_state = params.get("PoolState") or self.pool_state
        self.instance_reuse_policy = params.get("InstanceReusePolicy") or self.instance_reuse_policy

    def size(self, desired: int, max_size: int) -> int:
        """How many instances it should hold. `MinSize` is the stronger one, as on AWS."""
        prepared = max_size if self._most == UNLIMITED else self._most
        return max(self.min_size, prepared - desired)

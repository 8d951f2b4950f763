"""SSM parameters whose history has the time of the local cloud."""

from typing import Any

from moto.ssm.models import Parameter

from .cloud import cloud

_moto_init = Parameter.__init__


def install() -> None:
    Parameter.__init__ = _init  # type: ignore[method-assign]


def _init(self: Parameter, *args: Any, **kwargs: Any) -> None:
    _moto_init(self, *args, **kwargs)
    self.last_modified_date = cloud().clock.utc().replace(tzinfo=None)

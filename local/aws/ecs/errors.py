"""Errors of the ECS API. All of them have the status 400."""

from moto.core.exceptions import ServiceException


class EcsError(ServiceException):
    """code, message"""


def client(message: str) -> EcsError:
    return EcsError("ClientException", message)


def invalid(message: str) -> EcsError:
    return EcsError("InvalidParameterException", message)

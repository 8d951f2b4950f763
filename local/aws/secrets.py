"""Secrets Manager answers errors with 400, as all services of its protocol do; moto with 404."""

from moto.secretsmanager.exceptions import SecretsManagerClientError


def install() -> None:
    SecretsManagerClientError.code = property(lambda _: 400, lambda _, __: None)  # type: ignore[assignment]

"""Passwords for the registry, each of which stands for who asked for it."""

import base64
import binascii
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..cloud import cloud

# https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html
HOURS = 12


@dataclass(frozen=True)
class Login:
    principal: str
    region: str
    expires: datetime


_logins: dict[str, Login] = {}


def make(principal: str, region: str) -> tuple[str, datetime]:
    token = secrets.token_hex(32)
    expires = cloud().clock.utc() + timedelta(hours=HOURS)
    _logins[token] = Login(principal, region, expires)
    return token, expires


def find(authorization: str) -> Login | None:
    """Of HTTP's basic authorization."""
    try:
        user, _, token = base64.b64decode(authorization.removeprefix("Basic "), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return None
    login = _logins.get(token) if user == "AWS" else None
    return login if login is not None and login.expires > cloud().clock.utc() else None


def to_auth_file(host: str, token: str) -> str:
    """As container tools read it."""
    return json.dumps({"auths": {host: {"auth": base64.b64encode(f"AWS:{token}".encode()).decode()}}})

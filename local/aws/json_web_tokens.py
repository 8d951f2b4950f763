"""Tokens of an OpenID Connect provider: what they claim, and whether their provider signed it."""

import base64
import binascii
import json
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

FETCH_SECONDS = 10


class BadToken(Exception):
    """It is no token, or nobody known signed it."""


@dataclass(frozen=True)
class Token:
    key_id: str
    claims: dict[str, Any]
    signed: bytes
    signature: bytes


_keys: dict[str, dict[str, rsa.RSAPublicKey]] = {}
_lock = threading.Lock()


def parse(text: str) -> Token:
    try:
        head, body, signature = text.split(".")
        header, claims = json.loads(_decode(head)), json.loads(_decode(body))
        if header.get("alg") != "RS256" or not isinstance(claims, dict):
            raise BadToken("The ID Token provided is not a valid JWT.")
        return Token(str(header.get("kid", "")), claims, f"{head}.{body}".encode(), _decode(signature))
    except (ValueError, binascii.Error, AttributeError) as error:
        raise BadToken(
            "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
        ) from error


def fetch_keys(url: str, key_id: str) -> None:
    """Asks the provider unless the key is known. Takes its time. Raises OSError."""
    with _lock:
        if key_id in _keys.get(url, {}):
            return
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=FETCH_SECONDS) as answer:
            found = json.loads(answer.read())["keys"]
    except (urllib.error.URLError, ValueError, KeyError) as error:
        raise OSError(f"{url}: {error}") from error
    with _lock:
        _keys[url] = {str(one["kid"]): _to_key(one) for one in found if one.get("kty") == "RSA"}


def verify(token: Token, url: str) -> None:
    """Raises BadToken unless a key of the provider, which were fetched, signed it."""
    with _lock:
        key = _keys.get(url, {}).get(token.key_id)
    if key is None:
        raise BadToken("Couldn't retrieve verification key from your identity provider")
    try:
        key.verify(token.signature, token.signed, padding.PKCS1v15(), SHA256())
    except InvalidSignature as error:
        raise BadToken("The web identity token's signature is invalid") from error


def _to_key(one: dict[str, str]) -> rsa.RSAPublicKey:
    numbers = (int.from_bytes(_decode(one[name]), "big") for name in ("e", "n"))
    return rsa.RSAPublicNumbers(*numbers).public_key()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

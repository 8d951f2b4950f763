"""AssumeRoleWithWebIdentity, for whom the trust policy of the role says it.

https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
"""

from typing import Any
from urllib.parse import parse_qs

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.iam.models import OpenIDConnectProvider, iam_backends
from moto.sts.responses import TokenResponse
from werkzeug.exceptions import HTTPException

from . import json_web_tokens
from .calls import Call
from .cloud import ACCOUNT, cloud
from .json_web_tokens import BadToken, Token
from .trust import is_trusted

OPERATION = "AssumeRoleWithWebIdentity"
# Who makes the call, in /_local/calls: nobody that AWS knows by then.
PRINCIPAL = "web-identity"
DURATION, SHORTEST = 3600, 900


class StsError(ServiceException):
    """code, message"""


class Denied(HTTPException):
    """The only error of STS with a status of its own, which no shape of the API says."""

    code = 403

    def __init__(self) -> None:
        text = f"Not authorized to perform sts:{OPERATION}"
        super().__init__(
            f"<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>{text}</Message></Error>"
            "<RequestId>local</RequestId></ErrorResponse>"
        )

    def get_headers(self, *_: Any, **__: Any) -> list[tuple[str, str]]:
        return [("Content-Type", "text/xml")]


def install() -> None:
    TokenResponse.assume_role_with_web_identity = _assume  # type: ignore[method-assign]


def prepare(body: bytes) -> None:
    """Fetches the provider's keys. Not under the lock."""
    try:
        token = json_web_tokens.parse(parse_qs(body.decode()).get("WebIdentityToken", [""])[0])
        json_web_tokens.fetch_keys(cloud().options.jwks_url, token.key_id)
    except (BadToken, OSError, ValueError):  # the call itself says it
        pass


def _assume(self: TokenResponse) -> ActionResult:
    role_arn, name = self._get_param("RoleArn"), self._get_param("RoleSessionName")
    duration = self._get_int_param("DurationSeconds", DURATION)
    iam: Any = iam_backends[ACCOUNT]["aws"]
    try:
        token = json_web_tokens.parse(self._get_param("WebIdentityToken"))
        provider = _check(token)
    except BadToken as error:
        raise StsError("InvalidIdentityToken", str(error)) from error
    role = next((role for role in iam.roles.values() if role.arn == role_arn), None)
    if role is None or not is_trusted(role.assume_role_policy_document, provider.arn, token.claims):
        cloud().event("web-identity-denied", None, role=role_arn, subject=token.claims.get("sub"))
        raise Denied()
    if not SHORTEST <= duration <= (role.max_session_duration or DURATION):
        raise StsError(
            "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        )
    session = self.backend.assume_role(
        region_name=self.region,
        role_session_name=name,
        role_arn=role_arn,
        policy=self._get_param("Policy") or "",
        duration=duration,
        external_id="",
    )
    cloud().event("web-identity-accepted", None, role=role.name, subject=token.claims.get("sub"))
    return ActionResult(
        {
            "Credentials": session,
            "AssumedRoleUser": {"AssumedRoleId": session.user_id, "Arn": session.arn},
            "SubjectFromWebIdentityToken": token.claims.get("sub"),
            "Audience": token.claims.get("aud"),
            "Provider": provider.arn,
            "PackedPolicySize": 0,
        }
    )


def _check(token: Token) -> OpenIDConnectProvider:
    """The provider that it is of. Raises BadToken, or what else AWS says."""
    # As the provider counts, whose clock does not move with that of the cloud.
    issuer, now = str(token.claims.get("iss", "")), cloud().clock.now() - cloud().clock.ahead
    providers: list[OpenIDConnectProvider] = list(iam_backends[ACCOUNT]["aws"].open_id_providers.values())
    provider = next((one for one in providers if f"https://{one.url}" == issuer), None)
    if provider is None:
        raise BadToken(f"No OpenIDConnect provider found in your account for {issuer}")
    json_web_tokens.verify(token, cloud().options.jwks_url)
    expires = int(token.claims.get("exp", 0))
    if now >= expires:
        raise StsError(
            "ExpiredTokenException",
            f"Token expired: current date/time {int(now)} must be before the expiration date/time {expires}",
        )
    if now < int(token.claims.get("nbf", 0)):
        raise BadToken("The web identity token is not valid yet")
    if token.claims.get("aud") not in provider.client_id_list:
        raise BadToken("Incorrect token audience")
    return provider


def is_it(call: Call) -> bool:
    return call.service == "sts" and call.operation == OPERATION

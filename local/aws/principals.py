"""Who makes a request: the name of the role whose session signed it, or `operator`."""

import re

from moto.sts.models import sts_backends

from .cloud import ACCOUNT

OPERATOR = "operator"
_CREDENTIAL = re.compile(r"Credential=([^/]+)/")


def principal_of(authorization: str) -> str:
    match = _CREDENTIAL.search(authorization)
    if match is None:
        return OPERATOR
    session = sts_backends[ACCOUNT]["aws"].get_assumed_role_from_access_key(match.group(1))
    return OPERATOR if session is None else session.role_arn.rsplit("/", 1)[-1]


def session_of(role_arn: str, session_name: str, region: str, seconds: int) -> dict[str, str]:
    """Temporary credentials of a role, as environment variables."""
    session = sts_backends[ACCOUNT]["aws"].assume_role(
        region_name=region,
        role_session_name=session_name,
        role_arn=role_arn,
        policy="",
        duration=seconds,
        external_id="",
    )
    return {
        "AWS_ACCESS_KEY_ID": session.access_key_id,
        "AWS_SECRET_ACCESS_KEY": session.secret_access_key,
        "AWS_SESSION_TOKEN": session.session_token,
    }


def session_name_of(authorization: str) -> str | None:
    """What the session of a role is called, which signed a request: an instance's id, when it is that of an instance."""
    match = _CREDENTIAL.search(authorization)
    session = match and sts_backends[ACCOUNT]["aws"].get_assumed_role_from_access_key(match.group(1))
    return str(session.session_name) if session else None

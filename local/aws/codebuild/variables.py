"""The environment variables of a build."""

import os
from datetime import datetime
from pathlib import Path
from typing import Any

from moto.secretsmanager.models import secretsmanager_backends
from moto.ssm.models import ssm_backends

from ..cloud import ACCOUNT, cloud
from ..principals import session_of
from .buildspec import Buildspec
from .source import SourceError

SESSION_SECONDS = 43_200


def to_variables(
    spec: Buildspec, record: dict[str, Any], given: list[dict[str, str]], region: str, source: Path
) -> dict[str, str]:
    """`given` are those of project and start; they win over the buildspec's. `source` is where the build begins."""
    options = cloud().options
    path = os.environ.get("PATH", "/usr/bin:/bin")
    with cloud().lock:
        session = session_of(record["serviceRole"], "AWSCodeBuild", region, SESSION_SECONDS)
        stores = {
            **{name: _parameter(region, value) for name, value in spec.parameters.items()},
            **{name: _secret(region, value) for name, value in spec.secrets.items()},
        }
        values = {entry["name"]: _value(region, entry) for entry in given}
    home = source.parent / "home"
    home.mkdir(exist_ok=True)
    return {
        "PATH": f"{options.build_path}:{path}" if options.build_path else path,
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "CI": "true",
        "AWS_ENDPOINT_URL": cloud().url,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        **session,
        **options.build_environment,
        **spec.variables,
        **stores,
        **values,
        "PWD": str(source),
        **_of_codebuild(record, source),
    }


def _of_codebuild(record: dict[str, Any], source: Path) -> dict[str, str]:
    started: datetime = record["startTime"]
    return {
        "CODEBUILD_BUILD_ARN": record["arn"],
        "CODEBUILD_BUILD_ID": record["id"],
        "CODEBUILD_BUILD_NUMBER": str(record["buildNumber"]),
        "CODEBUILD_BUILD_IMAGE": record["environment"]["image"],
        "CODEBUILD_INITIATOR": record["initiator"],
        "CODEBUILD_LOG_PATH": record["logs"]["streamName"],
        "CODEBUILD_PROJECT_ARN": record["arn"].split(":build/")[0] + f":project/{record['projectName']}",
        "CODEBUILD_SOURCE_REPO_URL": record["source"].get("location", ""),
        "CODEBUILD_SOURCE_VERSION": record.get("sourceVersion") or "",
        "CODEBUILD_SRC_DIR": str(source),
        "CODEBUILD_START_TIME": str(int(started.timestamp() * 1000)),
    }


def _value(region: str, entry: dict[str, str]) -> str:
    kind = entry.get("type") or "PLAINTEXT"
    if kind == "PARAMETER_STORE":
        return _parameter(region, entry["value"])
    return _secret(region, entry["value"]) if kind == "SECRETS_MANAGER" else entry["value"]


def _parameter(region: str, name: str) -> str:
    found = ssm_backends[ACCOUNT][region].get_parameter(name)
    if found is None:
        raise SourceError(f"ParameterNotFound: {name}")
    return str(found.value)


def _secret(region: str, name: str) -> str:
    try:
        return str(secretsmanager_backends[ACCOUNT][region].get_secret_value(name, "", "")["SecretString"])
    except Exception as error:
        raise SourceError(f"Secrets Manager has no value of {name}: {error}") from error

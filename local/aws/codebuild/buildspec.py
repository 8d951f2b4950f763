"""Buildspecs, version 0.2 (https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html)."""

from dataclasses import dataclass, field
from typing import Any

import yaml  # type: ignore[import-untyped]

PHASES = ("install", "pre_build", "build", "post_build")
# What a project for Muster has no use for; named, so that nobody believes that it worked.
IGNORED = {"artifacts", "cache", "reports", "proxy", "batch"}


class BuildspecError(Exception):
    """What CodeBuild calls YAML_FILE_ERROR."""


@dataclass(frozen=True)
class Phase:
    commands: list[str] = field(default_factory=list)
    lasts: list[str] = field(default_factory=list)
    aborts: bool = False


@dataclass(frozen=True)
class Buildspec:
    shell: str
    variables: dict[str, str]
    parameters: dict[str, str]
    secrets: dict[str, str]
    phases: dict[str, Phase]


def parse_buildspec(text: str) -> Buildspec:
    try:
        spec = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise BuildspecError(f"YAML_FILE_ERROR: {error}") from error
    if not isinstance(spec, dict) or str(spec.get("version")) not in ("0.2", "0.1"):
        raise BuildspecError("YAML_FILE_ERROR: This build spec version is not supported: use version 0.2.")
    unknown = set(spec) - {"version", "env", "phases", "run-as"} - IGNORED
    if unknown:
        raise BuildspecError(f"YAML_FILE_ERROR: Unknown keys: {', '.join(sorted(unknown))}.")
    env = _mapping(spec.get("env"), "env")
    phases = _mapping(spec.get("phases"), "phases")
    strangers = set(phases) - set(PHASES)
    if strangers or not phases:
        raise BuildspecError(f"YAML_FILE_ERROR: phases must be among {', '.join(PHASES)}, not {sorted(phases)}.")
    return Buildspec(
        shell=str(env.get("shell") or "sh"),
        variables=_texts(env.get("variables"), "env.variables"),
        parameters=_texts(env.get("parameter-store"), "env.parameter-store"),
        secrets=_texts(env.get("secrets-manager"), "env.secrets-manager"),
        phases={name: _phase(name, phases.get(name)) for name in PHASES},
    )


def _phase(name: str, value: Any) -> Phase:
    phase = _mapping(value, f"phases.{name}")
    return Phase(
        _commands(name, phase.get("commands")),
        _commands(name, phase.get("finally")),
        phase.get("on-failure") == "ABORT",
    )


def _commands(name: str, value: Any) -> list[str]:
    commands = [value] if isinstance(value, str) else value or []
    if not isinstance(commands, list) or not all(isinstance(command, str) for command in commands):
        # As on AWS: `- echo: x` is a mapping, and no command.
        raise BuildspecError(f"YAML_FILE_ERROR: phases.{name} needs a list of strings, not {commands!r}.")
    return commands


def _mapping(value: Any, where: str) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BuildspecError(f"YAML_FILE_ERROR: {where} must be a mapping, not {value!r}.")
    return value


def _texts(value: Any, where: str) -> dict[str, str]:
    return {
        str(name): (str(text).lower() if isinstance(text, bool) else str(text))
        for name, text in _mapping(value, where).items()
    }

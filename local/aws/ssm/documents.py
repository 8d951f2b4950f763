"""Command documents: which scripts they run, and for how long, with the parameters of a command."""

import json
import re
from dataclasses import dataclass
from typing import Any

from moto.ssm.exceptions import SSMException
from moto.ssm.models import SimpleSystemManagerBackend

# https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-command-ssm-plugin-reference.html
# The agent takes its default for anything else than 5 seconds to 48 hours.
DEFAULT_TIMEOUT, SHORTEST_TIMEOUT, LONGEST_TIMEOUT = 3600, 5, 172_800
RUN_SHELL_SCRIPT = "AWS-RunShellScript"
# What AWS's own document says, as far as it matters here.
BUILT_IN = {
    RUN_SHELL_SCRIPT: {
        "schemaVersion": "1.2",
        "parameters": {
            "commands": {"type": "StringList"},
            "workingDirectory": {"type": "String", "default": ""},
            "executionTimeout": {"type": "String", "default": "3600"},
        },
        "mainSteps": [
            {
                "action": "aws:runShellScript",
                "name": "aws:runShellScript",
                "inputs": {
                    "runCommand": "{{ commands }}",
                    "workingDirectory": "{{ workingDirectory }}",
                    "timeoutSeconds": "{{ executionTimeout }}",
                },
            }
        ],
    }
}
_ON_LINUX = {"StringEquals": ["platformType", "Linux"]}
_PLACE = re.compile(r"\{\{\s*([\w.:/-]+)\s*\}\}")


@dataclass(frozen=True)
class Step:
    name: str
    script: str
    working_directory: str
    timeout: int


def read_document(backend: SimpleSystemManagerBackend, name: str, version: str | None) -> dict[str, Any]:
    if name in BUILT_IN:
        return BUILT_IN[name]
    content = backend.get_document(name, version, None, "JSON")["Content"]  # type: ignore[arg-type]
    document: dict[str, Any] = json.loads(content) if isinstance(content, str) else content
    if str(document.get("schemaVersion")) != "2.2":
        raise NotImplementedError(f"The local AWS runs documents of schema 2.2, not {document.get('schemaVersion')}.")
    return document


def to_steps(document: dict[str, Any], given: dict[str, list[str]]) -> list[Step]:
    values = _values(document.get("parameters") or {}, given)
    return [_step(step, values) for step in document["mainSteps"]]


def _values(known: dict[str, Any], given: dict[str, list[str]]) -> dict[str, Any]:
    unknown = sorted(set(given) - set(known))
    missing = sorted(name for name, spec in known.items() if name not in given and "default" not in spec)
    if unknown or missing:
        what = f"unknown: {', '.join(unknown) or 'none'}; missing: {', '.join(missing) or 'none'}"
        raise SSMException("InvalidParameters", f"The parameters do not fit the document ({what}).")
    return {name: _value(name, spec, given.get(name)) for name, spec in known.items()}


def _value(name: str, spec: dict[str, Any], given: list[str] | None) -> Any:
    if given is None:
        return spec["default"]
    texts = [given] if isinstance(given, str) else list(given)
    for text in texts:
        allowed, pattern = spec.get("allowedValues"), spec.get("allowedPattern")
        if (allowed and text not in allowed) or (pattern and not re.search(pattern, text)):
            raise SSMException("InvalidParameters", f"{name} may not be {text!r}: {allowed or pattern} is allowed.")
    if spec["type"] == "StringList":
        return texts
    if spec["type"] != "String" or len(texts) != 1:
        raise NotImplementedError(f"The local AWS knows parameters String and StringList, not {spec['type']}: {name}.")
    return texts[0]


def _step(step: dict[str, Any], values: dict[str, Any]) -> Step:
    unknown = set(step) - {"action", "name", "inputs", "precondition"}
    if step.get("action") != "aws:runShellScript" or unknown or step.get("precondition", _ON_LINUX) != _ON_LINUX:
        raise NotImplementedError(f"The local AWS runs plain steps aws:runShellScript, not {json.dumps(step)}.")
    inputs = {name: _fill(value, values) for name, value in step["inputs"].items()}
    lines = inputs["runCommand"]
    script = "\n".join([lines] if isinstance(lines, str) else lines)
    if script.startswith("#!"):
        raise NotImplementedError("The local AWS runs scripts with sh; they cannot choose an interpreter.")
    try:
        timeout = int(inputs.get("timeoutSeconds", DEFAULT_TIMEOUT))
    except ValueError:
        timeout = DEFAULT_TIMEOUT
    if not SHORTEST_TIMEOUT <= timeout <= LONGEST_TIMEOUT:
        timeout = DEFAULT_TIMEOUT
    return Step(step["name"], script, str(inputs.get("workingDirectory") or ""), timeout)


def _fill(value: Any, values: dict[str, Any]) -> Any:
    if isinstance(value, list):
        filled = [_fill(item, values) for item in value]
        return [line for item in filled for line in (item if isinstance(item, list) else [item])]
    if not isinstance(value, str):
        return value
    whole = _PLACE.fullmatch(value.strip())
    if whole:
        return _named(whole.group(1), values)
    return _PLACE.sub(lambda place: _as_text(_named(place.group(1), values)), value)


def _named(name: str, values: dict[str, Any]) -> Any:
    if name not in values:
        raise SSMException("InvalidDocumentContent", f"The document has no parameter {name}.")
    return values[name]


def _as_text(value: Any) -> str:
    return " ".join(value) if isinstance(value, list) else str(value)

"""What the API tells of commands and agents, in AWS's names."""

from datetime import datetime, timezone
from typing import Any

from moto.ec2.models.instances import Instance
from moto.ssm.exceptions import SSMException

from .agents import Agent
from .commands import Command, Invocation, Part

# Characters of a script's output, in GetCommandInvocation and in the list.
OUTPUT_LENGTH, ERROR_LENGTH, LISTED_LENGTH = 24_000, 8_000, 2500


def _name(invocation: Invocation) -> dict[str, Any]:
    return {
        "CommandId": invocation.command.id,
        "InstanceId": invocation.instance_id,
        "Comment": invocation.command.comment,
        "DocumentName": invocation.command.document,
        "DocumentVersion": invocation.command.version,
    }


def to_invocation(invocation: Invocation, plugin: str | None) -> dict[str, Any]:
    parts = [part for part in invocation.parts if plugin in (None, part.step.name)]
    if not parts:
        raise SSMException("InvalidPluginName", f"The document has no step {plugin}.")
    part = parts[0]
    ended = part.ended is not None
    whole = plugin is None
    return {
        **_name(invocation),
        "PluginName": part.step.name if len(parts) == 1 else "",
        "ResponseCode": part.code,
        "ExecutionStartDateTime": "" if part.begun is None else _text(part.begun),
        "ExecutionElapsedTime": f"PT{(part.ended or 0) - (part.begun or 0):.3f}S" if ended else "",
        "ExecutionEndDateTime": _text(part.ended) if part.ended is not None else "",
        "Status": invocation.status if whole else part.status,
        "StatusDetails": invocation.details if whole else part.details,
        "StandardOutputContent": part.stdout[:OUTPUT_LENGTH],
        "StandardOutputUrl": "",
        "StandardErrorContent": part.stderr[:ERROR_LENGTH],
        "StandardErrorUrl": "",
        "CloudWatchOutputConfig": {"CloudWatchLogGroupName": "", "CloudWatchOutputEnabled": False},
    }


def to_listed(invocation: Invocation, with_parts: bool) -> dict[str, Any]:
    return {
        **_name(invocation),
        "RequestedDateTime": _time(invocation.command.requested),
        "Status": invocation.status,
        "StatusDetails": invocation.details,
        "CommandPlugins": [_describe_part(part) for part in invocation.parts] if with_parts else [],
    }


def _describe_part(part: Part) -> dict[str, Any]:
    return {
        "Name": part.step.name,
        "Status": part.status,
        "StatusDetails": part.details,
        "ResponseCode": part.code,
        "ResponseStartDateTime": None if part.begun is None else _time(part.begun),
        "ResponseFinishDateTime": None if part.ended is None else _time(part.ended),
        "Output": (part.stdout + part.stderr)[:LISTED_LENGTH],
    }


def to_command(command: Command) -> dict[str, Any]:
    return {
        "CommandId": command.id,
        "DocumentName": command.document,
        "DocumentVersion": command.version,
        "Comment": command.comment,
        "ExpiresAfter": _time(command.expires),
        "Parameters": command.parameters,
        "InstanceIds": command.instance_ids,
        "Targets": [],
        "RequestedDateTime": _time(command.requested),
        "Status": "Pending",
        "StatusDetails": "Pending",
        "TimeoutSeconds": command.timeout,
        "TargetCount": len(command.instance_ids),
        "CompletedCount": 0,
        "ErrorCount": 0,
        "DeliveryTimedOutCount": 0,
    }


def to_information(instance: Instance, agent: Agent) -> dict[str, Any]:
    return {
        "InstanceId": instance.id,
        "PingStatus": "Online" if agent.there else "ConnectionLost",
        "LastPingDateTime": _time(agent.seen or 0),
        "AgentVersion": "3.3.0.0",
        "IsLatestVersion": True,
        "PlatformType": "Linux",
        "PlatformName": "Debian GNU/Linux",
        "ResourceType": "EC2Instance",
        "IPAddress": instance.private_ip,
    }


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, timezone.utc)


def _text(seconds: float) -> str:
    return _time(seconds).isoformat(timespec="milliseconds").replace("+00:00", "Z")

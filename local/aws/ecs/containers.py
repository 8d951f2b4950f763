"""What a container of a task is started with: its definition, under the overrides, and what an agent adds."""

from typing import Any

from ..cloud import cloud
from .definitions import container_of
from .names import Record
from .tasks import Task

# Served by the cloud, as the agent of AWS does: credentials and metadata of the task.
ADDRESS = "169.254.170.2"
# Of a container that does not say it, in seconds.
STOP_TIMEOUT = 30


def definition_of(task: Task, name: str) -> Record:
    one = container_of(task.definition, name)
    if one is None:
        raise ValueError(f"{task.arn} has no container {name}.")
    return one


def environment_of(task: Task, one: Record) -> dict[str, str]:
    given = {entry["name"]: entry["value"] for entry in one["environment"]}
    over = {entry["name"]: entry["value"] for entry in _override(task, one["name"]).get("environment") or []}
    fargate = task.record["launchType"] == "FARGATE"
    added = {
        "AWS_EXECUTION_ENV": f"AWS_ECS_{task.record['launchType']}",
        "ECS_CONTAINER_METADATA_URI_V4": f"http://{ADDRESS}/v4/{task.secret_path}-{one['name']}",
        # What only the local cloud adds; on Fargate AWS sets the region too.
        "AWS_ENDPOINT_URL": cloud().url,
        "AWS_REGION": task.region,
        **({"AWS_DEFAULT_REGION": task.region} if fargate else {}),
    }
    if role_of(task):
        added["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = f"/v2/credentials/{task.secret_path}"
    # An agent's words go before those of the definition, except for what is only ours.
    ours = {"AWS_ENDPOINT_URL", "AWS_REGION", "AWS_DEFAULT_REGION"}
    return {
        **{name: value for name, value in added.items() if name in ours},
        **given,
        **over,
        **{name: value for name, value in added.items() if name not in ours},
    }


def role_of(task: Task) -> str | None:
    found: str | None = task.record["overrides"].get("taskRoleArn") or task.definition.get("taskRoleArn")
    return found


def execution_role_of(task: Task) -> str | None:
    found: str | None = task.record["overrides"].get("executionRoleArn") or task.definition.get("executionRoleArn")
    return found


def log_of(task: Task, name: str) -> dict[str, str] | None:
    """Group, stream and region; None: what it writes is not kept."""
    configuration = definition_of(task, name).get("logConfiguration") or {}
    if configuration.get("logDriver") != "awslogs":
        return None
    options = configuration["options"]
    prefix = options.get("awslogs-stream-prefix")
    stream = f"{prefix}/{name}/{task.id}" if prefix else task.id
    return {"group": options["awslogs-group"], "stream": stream, "region": options.get("awslogs-region", task.region)}


def to_agent_task(task: Task) -> Record:
    definition = task.definition
    return {
        "taskArn": task.arn,
        "desiredStatus": task.record["desiredStatus"],
        "family": definition["family"],
        "revision": definition["revision"],
        "containers": [_to_agent_container(task, one) for one in definition["containerDefinitions"]],
    }


def _to_agent_container(task: Task, one: Record) -> Record:
    over, linux = _override(task, one["name"]), one.get("linuxParameters") or {}
    capabilities = linux.get("capabilities") or {}
    # The task's limit holds its only container too.
    memory = over.get("memory") or one.get("memory") or task.definition.get("memory")
    optional: dict[str, Any] = {
        "entryPoint": one.get("entryPoint"),
        "command": over.get("command") or one.get("command"),
        "user": one.get("user"),
        "workingDirectory": one.get("workingDirectory"),
        "memory": int(memory) if memory else None,
        "memoryReservation": over.get("memoryReservation") or one.get("memoryReservation"),
    }
    return {
        "name": one["name"],
        "image": one["image"],
        "environment": environment_of(task, one),
        "cpu": over.get("cpu") or one["cpu"] or int(task.definition.get("cpu") or 0),
        "essential": one["essential"],
        "privileged": bool(one.get("privileged")),
        "readonlyRootFilesystem": bool(one.get("readonlyRootFilesystem")),
        "initProcessEnabled": bool(linux.get("initProcessEnabled")),
        "stopTimeout": one.get("stopTimeout") or STOP_TIMEOUT,
        "ulimits": one.get("ulimits") or [],
        "dockerLabels": one.get("dockerLabels") or {},
        "dropCapabilities": capabilities.get("drop") or [],
        "addCapabilities": capabilities.get("add") or [],
        "log": log_of(task, one["name"]),
        **{name: value for name, value in optional.items() if value is not None},
    }


def _override(task: Task, name: str) -> Record:
    found = [one for one in task.record["overrides"]["containerOverrides"] if one["name"] == name]
    return found[0] if found else {}


def command_of(task: Task, one: Record, config: Record) -> list[str]:
    """As Docker puts them together: a new entry point takes the image's command away."""
    command = _override(task, one["name"]).get("command") or one.get("command")
    entry = one.get("entryPoint")
    if entry:
        return [*entry, *(command or [])]
    words = [*(config.get("Entrypoint") or []), *(command or config.get("Cmd") or [])]
    if not words:
        raise ValueError("No command specified.")
    return words

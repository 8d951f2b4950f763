"""The Run Command part of the SSM API. Documents and parameters are moto's."""

import json
from typing import Any

from moto.core.responses import ActionResult
from moto.ssm.exceptions import SSMException, ValidationException
from moto.ssm.responses import SimpleSystemManagerResponse

from .. import ec2
from ..calls import Call
from ..cloud import ACCOUNT, cloud
from . import agents, commands, shapes
from .commands import Command
from .documents import read_document, to_steps

# Limits of the API, in seconds.
DEFAULT_DELIVERY, SHORTEST_DELIVERY, LONGEST_DELIVERY = 3600, 30, 2_592_000
INSTANCES_AT_ONCE = 50


def install() -> None:
    for method in (_send_command, _get_command_invocation, _list_command_invocations, _describe_instance_information):
        setattr(SimpleSystemManagerResponse, method.__name__.removeprefix("_"), method)
    for name in ("list_commands", "cancel_command"):
        setattr(SimpleSystemManagerResponse, name, _unsupported)
    ec2.ended_listeners.append(commands.instance_ended)


def prepare(call: Call) -> None:
    """Asks the machines for what the call needs to know. Not under the lock."""
    if call.operation not in ("SendCommand", "DescribeInstanceInformation"):
        return
    try:
        body = json.loads(call.text.partition(" ")[2] or "{}")
    except ValueError:
        body = {}
    agents.ask(body.get("InstanceIds") or _filters(body).get("InstanceIds") or agents.running())


def _unsupported(self: SimpleSystemManagerResponse) -> ActionResult:
    raise NotImplementedError(f"The local AWS has no {self._get_action()}.")


def _send_command(self: SimpleSystemManagerResponse) -> ActionResult:
    body: dict[str, Any] = json.loads(self.body)
    ids = _targets(body)
    timeout = int(body.get("TimeoutSeconds") or DEFAULT_DELIVERY)
    if not SHORTEST_DELIVERY <= timeout <= LONGEST_DELIVERY:
        raise ValidationException(
            f"Value '{timeout}' at 'timeoutSeconds' failed to satisfy constraint: Member must have value between "
            f"{SHORTEST_DELIVERY} and {LONGEST_DELIVERY}"
        )
    name = body["DocumentName"].rpartition("/")[2]
    steps = to_steps(read_document(self.ssm_backend, name, body.get("DocumentVersion")), body.get("Parameters") or {})
    refuses = cloud().options.unreachable_agent == "refused"
    for instance_id in ids:
        agent = agents.find(ec2.find_instance(instance_id))
        if agent is None or (refuses and not agent.there):
            raise SSMException(
                "InvalidInstanceId", f"Instances [[{instance_id}]] not in a valid state for account {ACCOUNT}"
            )
    command = Command(
        document=name,
        version=body.get("DocumentVersion") or "$DEFAULT",
        comment=body.get("Comment") or "",
        parameters=body.get("Parameters") or {},
        steps=steps,
        instance_ids=ids,
        timeout=timeout,
    )
    commands.send(command)
    return ActionResult({"Command": shapes.to_command(command)})


def _targets(body: dict[str, Any]) -> list[str]:
    ids = list(body.get("InstanceIds") or [])
    for target in body.get("Targets") or []:
        if target["Key"] != "InstanceIds":
            raise NotImplementedError(f"The local AWS takes targets by InstanceIds, not by {target['Key']}.")
        ids += target["Values"]
    if not 1 <= len(ids) <= INSTANCES_AT_ONCE:
        raise ValidationException(f"A command takes 1 to {INSTANCES_AT_ONCE} instances, not {len(ids)}.")
    return list(dict.fromkeys(ids))


def _get_command_invocation(self: SimpleSystemManagerResponse) -> ActionResult:
    body = json.loads(self.body)
    command = commands.find(body["CommandId"])
    visible_after = cloud().options.command_visible_seconds
    if command is not None and cloud().clock.now() >= command.requested + visible_after:
        for invocation in command.invocations:
            if invocation.instance_id == body["InstanceId"]:
                return ActionResult(shapes.to_invocation(invocation, body.get("PluginName")))
    raise SSMException("InvocationDoesNotExist", "The command ID and instance ID don't match any invocations.")


def _list_command_invocations(self: SimpleSystemManagerResponse) -> ActionResult:
    body = json.loads(self.body)
    if body.get("Filters"):
        raise NotImplementedError("The local AWS lists invocations by command and instance, without filters.")
    wanted = [
        invocation
        for invocation in commands.invocations()
        if body.get("CommandId") in (None, invocation.command.id)
        and body.get("InstanceId") in (None, invocation.instance_id)
    ]
    listed = wanted[: body.get("MaxResults") or 50]
    return ActionResult({"CommandInvocations": [shapes.to_listed(one, bool(body.get("Details"))) for one in listed]})


def _describe_instance_information(self: SimpleSystemManagerResponse) -> ActionResult:
    wanted = _filters(json.loads(self.body or "{}"))
    unknown = set(wanted) - {"InstanceIds", "PingStatus"}
    if unknown:
        raise NotImplementedError(f"The local AWS filters by InstanceIds and PingStatus, not by {unknown}.")
    found = [shapes.to_information(instance, agent) for instance, agent in agents.known()]
    return ActionResult(
        {
            "InstanceInformationList": [
                one
                for one in found
                if one["InstanceId"] in wanted.get("InstanceIds", [one["InstanceId"]])
                and one["PingStatus"] in wanted.get("PingStatus", [one["PingStatus"]])
            ]
        }
    )


def _filters(body: dict[str, Any]) -> dict[str, list[str]]:
    """Of both kinds, the older one included."""
    return {
        **{one["Key"]: one["Values"] for one in body.get("Filters") or [] if "Values" in one},
        **{one["key"]: one["valueSet"] for one in body.get("InstanceInformationFilterList") or []},
    }

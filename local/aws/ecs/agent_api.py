"""/_local/ecs/agent/*: what the stand-in ECS agent of a machine speaks, in place of the real agent's web socket.

The contract. JSON in and out; POST unless said otherwise. Every request from a machine is signed with the credentials of
its role, as calls of AWS are (`curl --aws-sigv4 aws:amz:REGION:ecs --user KEY:SECRET --header "x-amz-security-token: …"`):
the local AWS takes the instance from the session's name. From this host (tests), without a signature, the body says it:
`instanceId` to register, and `region`. Errors have the status 4xx and {"code": "ClientException", "message": "…"}.
Every request is also in /_local/calls, as the call that the real agent makes
(named in brackets), so that policies can be compared with it.

register      [ecs:RegisterContainerInstance]
              {cluster, instanceId?, cpu, memory, version?, attributes?: {name: value}, containerInstanceArn?}
              An agent that names any attribute with «.capability.» in it gets only tasks whose requiresAttributes it has.
              `cpu` in units of 1024 for a core, `memory` in MiB: what tasks may use. With `containerInstanceArn` (that of
              an agent that was restarted) the registration stays the same, its tasks too; an unknown one is refused.
              → {containerInstanceArn}

poll          [ecs:Poll]
              {containerInstanceArn, seen?: number, waitSeconds?: number}
              Waits until there is news after `seen` (0 at first), or for `waitSeconds` (default and most: 20), and always
              answers with all that is wanted now; what an answer got lost of is in the next one.
              → {seen, status: "ACTIVE"|"DRAINING", tasks: [Task]}
              Tasks stay in the list until the agent reported them STOPPED. An agent that does not poll for
              `ecsAgentLostSeconds` is not connected, and gets no tasks. 404: deregistered (by force, or by its drain).

  Task        {taskArn, desiredStatus: "RUNNING"|"STOPPED", family, revision, containers: [Container]}
              RUNNING: run it unless it runs already. STOPPED: stop its containers (SIGTERM, `stopTimeout` seconds, SIGKILL)
              and report; one that was never started is reported STOPPED at once.
  Container   {name, image, environment: {name: value}, entryPoint?: [word], command?: [word], user?, workingDirectory?,
               cpu, memory?, memoryReservation?, essential, privileged, readonlyRootFilesystem, initProcessEnabled,
               stopTimeout, ulimits: [{name, softLimit, hardLimit}], dockerLabels: {name: value},
               dropCapabilities: [name], addCapabilities: [name], log: {group, stream, region} | null}
              `environment` is complete: that of the task definition, under that of the overrides, and what an agent adds:
              AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, ECS_CONTAINER_METADATA_URI_V4, AWS_EXECUTION_ENV; AWS_ENDPOINT_URL
              and AWS_REGION, which only the local cloud adds. The cloud itself serves 169.254.170.2:80 on its bridge, as
              it serves 169.254.169.254: containers reach it by the machine's default route (nothing to run there; the
              firewall lets containers pass to it). `memory` in MiB is a hard limit.

tasks         [ecs:SubmitTaskStateChange]
              {containerInstanceArn, taskArn, status: "RUNNING"|"STOPPED", reason?, containers: [{name, exitCode?, reason?,
               runtimeId?, imageDigest?}]}
              Of every change, and once more after a restart. STOPPED before RUNNING, unless it was asked for, makes the
              stopCode TaskFailedToStart, and `reason` the stoppedReason ("CannotPullContainerError: …" as the image's
              answer says it). → {}

logs          [logs:PutLogEvents, by the real awslogs driver: of the execution role when the agent registered with the
              attribute ecs.capability.execution-role-awslogs, which it has with ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE
              (amazon-ecs-init sets that); else of the instance's role]
              {containerInstanceArn, taskArn, container, lines: [text]} → {}

image         GET image?taskArn=…&container=NAME      [ecr:BatchGetImage, ecr:GetDownloadUrlForLayer of the execution role]
              → a tar for `docker load`; the header x-muster-image is the name that it gets there, and x-muster-digest the
              digest of its manifest. 404 {code: "CannotPullContainerError", message}: the reason to report.

What the real agent and a drain do by plain calls of AWS is plain calls here too: ecs:UpdateContainerInstancesState
(DRAINING), ecs:DescribeContainerInstances, ecs:ListContainerInstances, ecs:DeregisterContainerInstance.
"""

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qs

from moto.core.exceptions import ServiceException

from ..calls import parse_call
from ..cloud import cloud
from ..ec2 import find_instance
from ..lambdas.logs import LogStream
from ..principals import OPERATOR, principal_of, session_name_of
from . import containers, instances, pulling
from .clusters import find_cluster
from .errors import EcsError, client
from .instances import ContainerInstance, instances_in
from .names import Record
from .tasks import Task, tasks_in

PREFIX = "/_local/ecs/agent/"
LONGEST_WAIT = 20.0
# An agent with ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE has this attribute; without it logs are the instance role's.
LOGS_BY_EXECUTION_ROLE = "ecs.capability.execution-role-awslogs"
# An image is streamed: it may have gigabytes.
Answer = tuple[int, dict[str, str], bytes | Iterable[bytes]]


class Agent:
    """One request: who asks, of which region, with what."""

    def __init__(self, region: str, instance_id: str | None, body: Record):
        self.region, self.body = region, body
        # Of the signature; None: a test's, which may speak for every instance.
        self._instance_id = instance_id

    def register(self) -> Record:
        instance_id = self._instance_id or self.body["instanceId"]
        ec2 = find_instance(instance_id)
        if ec2 is None or ec2.state not in ("pending", "running"):
            raise client(f"The instance {instance_id} does not run.")
        cluster = find_cluster(self.region, self.body.get("cluster"))
        return {"containerInstanceArn": instances.register(self.region, cluster, ec2, self.body).arn}

    def poll(self) -> Record:
        seen, seconds = int(self.body.get("seen") or 0), float(self.body.get("waitSeconds") or LONGEST_WAIT)
        with cloud().lock:
            instance = self._instance
            # Silent until now: what waits may be for it.
            if not instance.connected:
                cloud().clock.after(0, lambda: instances.tell_changed(self.region))
        instance.wait(seen, min(seconds, LONGEST_WAIT))
        with cloud().lock:
            instance = self._instance
            tasks = [containers.to_agent_task(task) for task in instance.tasks]
            return {"seen": instance.news, "status": instance.status, "tasks": tasks}

    def tasks(self) -> Record:
        task, containers = self._task, self.body.get("containers") or []
        task.pulled({one["name"]: one["imageDigest"] for one in containers if one.get("imageDigest")})
        for one in task.containers:
            for reported in containers:
                if reported["name"] == one["name"]:
                    one.update({name: reported[name] for name in ("reason", "runtimeId") if reported.get(name)})
        if self.body["status"] == "RUNNING":
            task.started()
        elif self.body["status"] == "STOPPED":
            codes = {one["name"]: one["exitCode"] for one in containers if one.get("exitCode") is not None}
            if task.ran:
                task.ended(codes)
            else:
                task.ended(codes, ("TaskFailedToStart", self.body.get("reason") or "Task failed to start"))
        else:
            raise client(f"A task cannot be reported {self.body['status']}: RUNNING or STOPPED.")
        return {}

    def logs(self) -> Record:
        task = self._task
        log = containers.log_of(task, self.body["container"])
        if log is not None:
            # moto makes the stream when it is not there.
            LogStream(log["region"], log["group"], log["stream"]).put(list(self.body["lines"]))
        return {}

    def image(self) -> tuple[dict[str, str], Iterable[bytes]]:
        """Takes its time: not under the lock."""
        with cloud().lock:
            task = tasks_in(self.region)[self.body["taskArn"]]
            one = containers.definition_of(task, self.body["container"])
        return pulling.to_archive(task, one["image"])

    def principal(self, word: str, caller: str) -> str:
        """Whose call it is on AWS."""
        task = tasks_in(self.region).get(self.body.get("taskArn", ""))
        if word == "image" and task is not None:
            role = containers.execution_role_of(task)
        elif word == "logs" and task is not None:
            instance = instances_in(self.region).get(task.instance or "")
            overridden = instance is not None and LOGS_BY_EXECUTION_ROLE in instance.attributes
            role = containers.execution_role_of(task) if overridden else None
        else:
            role = None
        return role.rsplit("/", 1)[-1] if role else caller

    @property
    def _instance(self) -> ContainerInstance:
        instance = instances_in(self.region).get(self.body["containerInstanceArn"])
        if instance is None or self._instance_id not in (None, instance.ec2.id):
            raise EcsError("ClientException", f"{self.body['containerInstanceArn']} is not registered for you.")
        return instance

    @property
    def _task(self) -> Task:
        instance, task = self._instance, tasks_in(self.region).get(self.body["taskArn"])
        if task is None or task.instance != instance.arn:
            raise client(f"{self.body['taskArn']} is no task of {instance.arn}.")
        return task


def handle(environ: dict[str, Any], body: bytes, from_machine: bool) -> Answer:
    call = parse_call(environ, body)
    word = environ["PATH_INFO"].removeprefix(PREFIX)
    if word not in CALLS:
        return _answer(404, {"code": "ClientException", "message": f"No {word} here: {', '.join(CALLS)}."})
    with cloud().lock:
        caller, session = principal_of(call.authorization), session_name_of(call.authorization)
    if from_machine and session is None:
        return _answer(403, {"code": "AccessDenied", "message": "Sign it with the credentials of the instance's role."})
    query = {name: values[0] for name, values in parse_qs(environ.get("QUERY_STRING", "")).items()}
    fields: Record = json.loads(body) if body else query
    region = fields.get("region", call.region) if session is None else call.region
    agent = Agent(region, None if caller == OPERATOR else session, fields)
    service, operation, locked = CALLS[word]
    try:
        if word == "image":
            headers, content = agent.image()
            result: Answer = 200, {**headers, "Content-Type": "application/x-tar"}, content
        elif locked:
            with cloud().lock:
                result = _answer(200, getattr(agent, word)())
        else:
            result = _answer(200, getattr(agent, word)())
    except pulling.PullError as error:
        result = _answer(404, {"code": "CannotPullContainerError", "message": str(error)})
    except ServiceException as error:
        result = _answer(404 if word == "poll" else 400, {"code": error.code, "message": error.message})
    except (KeyError, TypeError, ValueError) as error:
        result = _answer(400, {"code": "ClientException", "message": f"{type(error).__name__}: {error}"})
    with cloud().lock:
        principal = agent.principal(word, caller)
    # An image's parts are booked by the registry.
    if word != "image":
        cloud().book(principal, service, operation, result[0], None if result[0] < 400 else str(result[0]))
    return result


def _answer(status: int, body: Record) -> Answer:
    return status, {}, json.dumps(body, default=str).encode()


# By the last word of the path: what it is booked as, and whether the lock is held.
CALLS: dict[str, tuple[str, str, bool]] = {
    "register": ("ecs", "RegisterContainerInstance", True),
    "poll": ("ecs", "Poll", False),
    "tasks": ("ecs", "SubmitTaskStateChange", True),
    "logs": ("logs", "PutLogEvents", True),
    "image": ("ecr", "BatchGetImage", False),
}

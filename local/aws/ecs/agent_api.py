"""/_local/ecs/agent/*: what the stand-in ECS agent of a machine speaks, in place of the real agent's web socket.

The contract. JSON in and out; POST unless said otherwise. Every request from a machine is signed with the credentials of
its role, as calls of AWS are (`curl --aws-sigv4 aws:amz:REGION:ecs --user KEY:SECRET --header "x-amz-security-token: …"`):
the local AWS takes the instance from the session's name. From this host (tests), without a signature, the instance is
the body's `instanceId`, the default of which is that of the container instance named. Errors have the status 4xx and
{"code": "ClientException", "message": "…"}. Every request is also in /_local/calls, as the call that the real agent makes
(named in brackets), so that policies can be compared with it.

register      [ecs:RegisterContainerInstance]
              {cluster, instanceId?, cpu, memory, version?, attributes?: {name: value}, containerInstanceArn?}
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

logs          [logs:PutLogEvents of the execution role, by the real awslogs driver]
              {containerInstanceArn, taskArn, container, lines: [text]} → {}

image         GET image?taskArn=…&container=NAME      [ecr:BatchGetImage, ecr:GetDownloadUrlForLayer of the execution role]
              → a tar for `docker load`; the header x-muster-image is the name that it gets there, and x-muster-digest the
              digest of its manifest. 404 {code: "CannotPullContainerError", message}: the reason to report.

What the real agent and a drain do by plain calls of AWS is plain calls here too: ecs:UpdateContainerInstancesState
(DRAINING), ecs:DescribeContainerInstances, ecs:ListContainerInstances, ecs:DeregisterContainerInstance.
"""

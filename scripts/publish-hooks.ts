/**
 * Tells the terminating hooks of groups where to say that an instance is to go. New groups are made with it; Terraform
 * would replace a group whose initial hook changes, so those made before are changed here, in place: instances that wait
 * in a hook go on waiting.
 */
import {
  type AutoScalingClient,
  DescribeLifecycleHooksCommand,
  type LifecycleHook,
  PutLifecycleHookCommand,
} from '@aws-sdk/client-auto-scaling';
import { toGroups } from '../config/groups';
import { groupName } from '../config/names';
import type { Config } from '../config/schema';
import { toTerminating } from '../stacks/fleet/hooks';
import { ExpectedError } from './expected-error';
import type { Pace } from './pace';

/** A role that was made a moment ago is not known everywhere in AWS: it takes some ten seconds, rarely more. */
const PROPAGATION_MS = 120_000;
const TRY_EVERY_MS = 5_000;

/** @throws ExpectedError when AWS cannot publish to the topic */
export async function publishHooks(
  autoScaling: AutoScalingClient,
  config: Config,
  pace: Pace,
): Promise<void> {
  const hook = toHook(config);
  for (const { name } of toGroups(config)) {
    const group = groupName(config.environment, name);
    const { LifecycleHooks = [] } = await autoScaling.send(
      new DescribeLifecycleHooksCommand({
        AutoScalingGroupName: group,
        LifecycleHookNames: [hook.LifecycleHookName],
      }),
    );
    if (LifecycleHooks.some((present) => isAlike(present, hook))) continue;
    await putHook(autoScaling, { AutoScalingGroupName: group, ...hook }, pace);
    pace.print(`${group}: tells ${hook.NotificationTargetARN} of instances that are to go`);
  }
}

function toHook(config: Config) {
  const { name, lifecycleTransition, heartbeatTimeout, defaultResult, notificationTargetArn, roleArn } =
    toTerminating(config);
  return {
    LifecycleHookName: name,
    LifecycleTransition: lifecycleTransition,
    HeartbeatTimeout: heartbeatTimeout,
    DefaultResult: defaultResult,
    NotificationTargetARN: notificationTargetArn,
    RoleARN: roleArn,
  };
}

type Hook = ReturnType<typeof toHook>;

const isAlike = (present: LifecycleHook, wanted: Hook) =>
  present.NotificationTargetARN === wanted.NotificationTargetARN && present.RoleARN === wanted.RoleARN;

/** AWS publishes a test message first, and refuses the hook when it cannot. */
async function putHook(
  autoScaling: AutoScalingClient,
  hook: Hook & { AutoScalingGroupName: string },
  { now, sleep }: Pace,
): Promise<void> {
  const deadline = now() + PROPAGATION_MS;
  for (;;) {
    try {
      await autoScaling.send(new PutLifecycleHookCommand(hook));
      return;
    } catch (error) {
      const { message } = error as Error;
      if (!/Unable to publish test message/i.test(message)) throw error;
      if (now() >= deadline)
        throw new ExpectedError(
          `Auto Scaling cannot publish to ${hook.NotificationTargetARN} as ${hook.RoleARN}: ${message}. Instances of ${hook.AutoScalingGroupName} still drain by themselves. Look for a service control policy or a permissions boundary without sns:Publish, then run make deploy again.`,
          { cause: error },
        );
      await sleep(TRY_EVERY_MS);
    }
  }
}

/** The lifecycle hooks of a group. How long they wait for a sign of life (seconds) is in the boot environment, too. */
import type { AutoscalingGroupInitialLifecycleHook } from '@cdktf/provider-aws/lib/autoscaling-group';
import { LAUNCHING_HOOK, TERMINATING_HOOK } from '../../config/names';
import type { Config } from '../../config/schema';
import { toTerminatingTarget } from '../drain/terminating-target';

/** Twice the 95th percentile of a boot: longer makes one that hangs cost more at p99 than anything else. */
export const LAUNCHING_HEARTBEAT = 180;

/** AWS allows 100 heartbeats up to 48 h, so 1,728 s would reach all of it; a draining instance renews it. */
export const TERMINATING_HEARTBEAT = 1800;

export const LAUNCHING = {
  name: LAUNCHING_HOOK,
  lifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
  heartbeatTimeout: LAUNCHING_HEARTBEAT,
  // An instance that never says it is ready is replaced.
  defaultResult: 'ABANDON',
} satisfies AutoscalingGroupInitialLifecycleHook;

export function toTerminating(config: Config) {
  const { topicArn, roleArn } = toTerminatingTarget(config);
  return {
    name: TERMINATING_HOOK,
    lifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
    heartbeatTimeout: TERMINATING_HEARTBEAT,
    // Both results terminate.
    defaultResult: 'CONTINUE',
    notificationTargetArn: topicArn,
    roleArn,
  } satisfies AutoscalingGroupInitialLifecycleHook;
}

import { type AutoScalingClient, CompleteLifecycleActionCommand } from '@aws-sdk/client-auto-scaling';
import type { Clock } from '../../../clock/clock';
import type { Ports } from '../ports';
import { limitCall } from './limit-call';

export const createCompleteHook =
  (client: AutoScalingClient, hook: string, clock: Clock): Ports['completeHook'] =>
  async (group, instance) => {
    const command = new CompleteLifecycleActionCommand({
      AutoScalingGroupName: group,
      LifecycleHookName: hook,
      InstanceId: instance,
      LifecycleActionResult: 'CONTINUE',
    });
    try {
      await limitCall(clock, 'CompleteLifecycleAction', (options) => client.send(command, options));
      return 'completed';
    } catch (error) {
      // AWS has no name of its own for it.
      const { name, message } = error as Error;
      if (name.startsWith('ValidationError') && /No active Lifecycle Action/i.test(message)) return 'over';
      throw error;
    }
  };

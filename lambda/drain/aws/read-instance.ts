import { type AutoScalingClient, DescribeAutoScalingInstancesCommand } from '@aws-sdk/client-auto-scaling';
import { DescribeInstanceStatusCommand, type EC2Client } from '@aws-sdk/client-ec2';
import type { Clock } from '../../../clock/clock';
import type { Ports } from '../ports';
import { limitCall } from './limit-call';

export const createReadMember =
  (client: AutoScalingClient, clock: Clock): Ports['readMember'] =>
  async (instance) => {
    const command = new DescribeAutoScalingInstancesCommand({ InstanceIds: [instance] });
    const answer = await limitCall(clock, 'DescribeAutoScalingInstances', (options) =>
      client.send(command, options),
    );
    const member = answer.AutoScalingInstances?.find(({ InstanceId }) => InstanceId === instance);
    return (
      member && {
        group: member.AutoScalingGroupName ?? '',
        state: member.LifecycleState ?? '',
        isProtected: member.ProtectedFromScaleIn ?? false,
      }
    );
  };

/** States in which EC2 has no machine that a job could run on, or takes it away whatever we do. */
const GONE = new Set(['shutting-down', 'terminated', 'stopping', 'stopped']);

export const createReadMachine =
  (client: EC2Client, clock: Clock): Ports['readMachine'] =>
  async (instance) => {
    const command = new DescribeInstanceStatusCommand({ InstanceIds: [instance], IncludeAllInstances: true });
    try {
      const answer = await limitCall(clock, 'DescribeInstanceStatus', (options) =>
        client.send(command, options),
      );
      const status = answer.InstanceStatuses?.find(({ InstanceId }) => InstanceId === instance);
      // Not said is not gone.
      if (GONE.has(status?.InstanceState?.Name ?? '')) return 'gone';
      return status?.InstanceStatus?.Status === 'impaired' ? 'impaired' : 'running';
    } catch (error) {
      // EC2 forgets a terminated instance after about an hour.
      if ((error as Error).name === 'InvalidInstanceID.NotFound') return 'gone';
      throw error;
    }
  };

import { type AutoScalingClient, DescribeAutoScalingInstancesCommand } from '@aws-sdk/client-auto-scaling';
import { groupName } from '../../config/names';
import type { Config } from '../../config/schema';
import { ExpectedError } from '../expected-error';

export interface Found {
  id: string;
  fleet: string;
  group: string;
  /** Such as InService. */
  state: string;
  isProtected: boolean;
}

/** The instance that INSTANCE= names, wherever it stands. @throws ExpectedError when it is of no fleet of the environment */
export async function findInstance(
  autoScaling: AutoScalingClient,
  { environment, aws, fleets }: Config,
  named: string | undefined,
): Promise<Found> {
  const listed = `make status ENV=${environment} lists fleets and instances.`;
  if (!named || !/^i-[0-9a-f]{8,17}$/.test(named))
    throw new ExpectedError(
      `Say which instance: INSTANCE=i-… and hexadecimal digits. Seen: ${named || 'none'}. ${listed}`,
    );
  const answer = await autoScaling.send(new DescribeAutoScalingInstancesCommand({ InstanceIds: [named] }));
  const instance = answer.AutoScalingInstances?.find(({ InstanceId }) => InstanceId === named);
  if (!instance)
    throw new ExpectedError(
      `No Auto Scaling group in ${aws.region} has an instance ${named}: it is gone, or never was of a fleet. ${listed}`,
    );
  const group = instance.AutoScalingGroupName ?? '';
  const fleet = fleets.find(({ name }) => groupName(environment, name) === group);
  if (!fleet)
    throw new ExpectedError(
      `${named} is of the group ${group}, which is no fleet of config/${environment}.yaml (ENV=…). ${listed}`,
    );
  return {
    id: named,
    fleet: fleet.name,
    group,
    state: instance.LifecycleState ?? '',
    isProtected: instance.ProtectedFromScaleIn ?? false,
  };
}

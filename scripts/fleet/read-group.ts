import type { AutoScalingClient, AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import { groupName } from '../../config/names';
import type { Config } from '../../config/schema';
import { readGroups } from '../../lambda/housekeeper/groups/read-groups';
import { ExpectedError } from '../expected-error';

export type Group = AutoScalingGroup & { name: string };

/** @throws ExpectedError when the fleet is not deployed */
export async function readGroup(
  autoScaling: AutoScalingClient,
  { environment }: Config,
  fleet: string,
): Promise<Group> {
  const name = groupName(environment, fleet);
  const [group] = await readGroups(autoScaling, [name]);
  if (!group)
    throw new ExpectedError(
      `There is no Auto Scaling group ${name}: fleet ${fleet} is not deployed. make deploy ENV=${environment} creates it.`,
    );
  return { ...group, name };
}

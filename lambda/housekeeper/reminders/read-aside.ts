import type { AutoScalingClient, AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import type { EC2Client } from '@aws-sdk/client-ec2';
import { PAUSED_TAG } from '../../scaler/settings';
import type { Seen } from '../core/list-reminders';
import { readGroups, tagOf } from '../groups/read-groups';
import { readInstances } from '../read-instances';
import { HELD_TAG } from '../settings';

export interface AsideClients {
  autoScaling: AutoScalingClient;
  ec2: EC2Client;
}

/** What is paused and held in these fleets; those that have no group yet have nothing. */
export async function readAside(
  { autoScaling, ec2 }: AsideClients,
  fleets: readonly { name: string; group: string }[],
): Promise<Seen[]> {
  const groups = await readGroups(
    autoScaling,
    fleets.map(({ group }) => group),
  );
  const instances = await readInstances(ec2, groups.flatMap(toHeldIds));
  return fleets.flatMap(({ name, group }): Seen[] => {
    const found = groups.find(({ AutoScalingGroupName }) => AutoScalingGroupName === group);
    if (!found) return [];
    const held = toHeldIds(found).map((id) => ({
      id,
      since: instances.get(id)?.Tags?.find(({ Key }) => Key === HELD_TAG)?.Value,
    }));
    return [{ fleet: name, paused: tagOf(found, PAUSED_TAG), held }];
  });
}

/** Instances in standby, or on their way there: held, by `make hold` or in the console. */
export const toHeldIds = ({ Instances = [] }: AutoScalingGroup): string[] =>
  Instances.filter(({ LifecycleState }) => /^(Entering)?Standby$/.test(LifecycleState ?? '')).map(
    ({ InstanceId }) => InstanceId ?? '',
  );

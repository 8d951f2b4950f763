import type { AutoScalingClient, AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { EC2Client } from '@aws-sdk/client-ec2';
import { scalerName } from '../../config/names';
import type { Config } from '../../config/schema';
import { readGroups, tagOf } from '../../lambda/housekeeper/groups/read-groups';
import { readInstances } from '../../lambda/housekeeper/read-instances';
import { toHeldIds } from '../../lambda/housekeeper/reminders/read-aside';
import { HELD_TAG } from '../../lambda/housekeeper/settings';
import { toPhase } from '../../lambda/scaler/core/hours';
import { PAUSED_TAG } from '../../lambda/scaler/settings';
import { toSettings } from '../../stacks/control/to-settings';
import { readDecisions } from './read-decisions';
import { readDrains } from './read-drains';
import type { FleetStatus, GroupStatus } from './show-status';

export interface StatusClients {
  autoScaling: AutoScalingClient;
  ec2: EC2Client;
  logs: CloudWatchLogsClient;
}

/** @param names of the fleets to look at */
export async function readStatus(
  clients: StatusClients,
  config: Config,
  { names, now }: { names: readonly string[]; now: number },
): Promise<FleetStatus[]> {
  const fleets = toSettings(config).fleets.filter(({ name }) => names.includes(name));
  const groups = await readGroups(
    clients.autoScaling,
    fleets.map(({ group }) => group),
  );
  const logGroupName = `/aws/lambda/${scalerName(config.environment)}`;
  const said = await readDecisions(clients.logs, { logGroupName, now });
  const read: FleetStatus[] = [];
  for (const { name, group, hours } of fleets) {
    const found = groups.find(({ AutoScalingGroupName }) => AutoScalingGroupName === group);
    read.push({
      name,
      group: found && (await readGroupStatus(clients, found)),
      phase: toPhase(hours, now),
      said: said.get(name),
    });
  }
  return read;
}

async function readGroupStatus(
  { autoScaling, ec2 }: StatusClients,
  group: AutoScalingGroup,
): Promise<GroupStatus> {
  const count = (pattern: RegExp) =>
    (group.Instances ?? []).filter(({ LifecycleState = '' }) => pattern.test(LifecycleState)).length;
  return {
    desired: group.DesiredCapacity ?? 0,
    max: group.MaxSize ?? 0,
    paused: tagOf(group, PAUSED_TAG) || undefined,
    inService: count(/^InService$/),
    starting: count(/^Pending/),
    draining: await readDrains(autoScaling, group),
    held: await readHeld(ec2, toHeldIds(group)),
  };
}

async function readHeld(ec2: EC2Client, ids: readonly string[]): Promise<Map<string, number | undefined>> {
  const instances = await readInstances(ec2, ids);
  return new Map(
    ids.map((id) => {
      const since = instances.get(id)?.Tags?.find(({ Key }) => Key === HELD_TAG)?.Value;
      return [id, since ? Date.parse(since) : undefined];
    }),
  );
}

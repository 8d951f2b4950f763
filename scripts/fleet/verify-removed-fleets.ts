import { type AutoScalingClient, paginateDescribeAutoScalingGroups } from '@aws-sdk/client-auto-scaling';
import { toGroups } from '../../config/groups';
import { groupName, TAGS } from '../../config/names';
import type { Config } from '../../config/schema';
import { toHeldIds } from '../../lambda/housekeeper/reminders/read-aside';
import { ExpectedError } from '../expected-error';

/**
 * Says which fleets a deploy will remove, for that lasts as long as their jobs do. Terraform would wait for a held
 * instance just as long, and fail then.
 */
export async function verifyRemovedFleets(client: AutoScalingClient, config: Config): Promise<string> {
  const { environment, aws } = config;
  const kept = new Set(toGroups(config).map(({ name }) => groupName(environment, name)));
  const removed: string[] = [];
  const commands: string[] = [];
  const Filters = [{ Name: `tag:${TAGS.environment}`, Values: [environment] }];
  for await (const page of paginateDescribeAutoScalingGroups({ client }, { Filters })) {
    for (const group of page.AutoScalingGroups ?? []) {
      const name = group.AutoScalingGroupName ?? '';
      if (kept.has(name)) continue;
      const { length } = group.Instances ?? [];
      removed.push(length > 0 ? `${name}, when its ${length} instances have drained` : name);
      commands.push(
        ...toHeldIds(group).map(
          (id) =>
            `  aws autoscaling exit-standby --region ${aws.region} --auto-scaling-group-name ${name} --instance-ids ${id}`,
        ),
      );
    }
  }
  if (commands.length > 0)
    throw new ExpectedError(
      `Fleets are no longer in config/${environment}.yaml but have held instances, which are never ended. Release them first:\n${commands.join('\n')}`,
    );
  return removed.length > 0 ? removed.join('; ') : 'none';
}

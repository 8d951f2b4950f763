import {
  type AutoScalingClient,
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
} from '@aws-sdk/client-auto-scaling';

/** AWS takes 100 names a call, and 50 without asking for more. */
const NAMES = 50;

/** Those of these groups that exist, in no order. */
export async function readGroups(
  client: AutoScalingClient,
  names: readonly string[],
): Promise<AutoScalingGroup[]> {
  const groups: AutoScalingGroup[] = [];
  for (let from = 0; from < names.length; from += NAMES) {
    const AutoScalingGroupNames = names.slice(from, from + NAMES);
    const answer = await client.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames }));
    groups.push(...(answer.AutoScalingGroups ?? []));
  }
  return groups;
}

/** The value of a tag of a group; undefined without one. */
export const tagOf = ({ Tags = [] }: AutoScalingGroup, key: string): string | undefined =>
  Tags.find(({ Key }) => Key === key)?.Value;

import {
  type AutoScalingClient,
  type AutoScalingGroup,
  DescribeScalingActivitiesCommand,
} from '@aws-sdk/client-auto-scaling';

/** Newest first, 100 a page: a fleet of a thousand jobs a day has two pages of a job that drains for two hours. */
const MOST_PAGES = 5;

/** Since when each instance of a group drains, by id; undefined when AWS's latest activities do not tell any more. */
export async function readDrains(
  autoScaling: AutoScalingClient,
  { AutoScalingGroupName, Instances = [] }: AutoScalingGroup,
): Promise<Map<string, number | undefined>> {
  const draining = new Map<string, number | undefined>(
    Instances.filter(({ LifecycleState }) => LifecycleState?.startsWith('Terminat')).map(
      ({ InstanceId = '' }) => [InstanceId, undefined],
    ),
  );
  const isMissing = () => [...draining.values()].includes(undefined);
  let NextToken: string | undefined;
  for (let page = 0; page < MOST_PAGES && isMissing() && (page === 0 || NextToken); page += 1) {
    const answer = await autoScaling.send(
      new DescribeScalingActivitiesCommand({ AutoScalingGroupName, MaxRecords: 100, NextToken }),
    );
    for (const { Description = '', StartTime } of answer.Activities ?? []) {
      const [, id = ''] = /^Terminating EC2 instance: (\S+)/.exec(Description) ?? [];
      if (draining.has(id)) draining.set(id, draining.get(id) ?? StartTime?.getTime());
    }
    NextToken = answer.NextToken;
  }
  return draining;
}

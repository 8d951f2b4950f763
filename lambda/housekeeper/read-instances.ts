import { type EC2Client, paginateDescribeInstances } from '@aws-sdk/client-ec2';

/** EC2 takes 200 values in a filter. */
const VALUES = 200;

/** State by id of those that EC2 knows. By filter: asked by id, one unknown instance fails the whole call. */
export async function readInstanceStates(
  client: EC2Client,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const states = new Map<string, string>();
  for (let from = 0; from < ids.length; from += VALUES) {
    const Filters = [{ Name: 'instance-id', Values: ids.slice(from, from + VALUES) }];
    for await (const page of paginateDescribeInstances({ client, pageSize: 1000 }, { Filters })) {
      for (const { Instances = [] } of page.Reservations ?? [])
        for (const { InstanceId, State } of Instances) states.set(InstanceId ?? '', State?.Name ?? 'unknown');
    }
  }
  return states;
}

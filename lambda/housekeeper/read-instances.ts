import { type EC2Client, type Instance, paginateDescribeInstances } from '@aws-sdk/client-ec2';

/** EC2 takes 200 values in a filter. */
const VALUES = 200;

/** Those that EC2 knows, by id. By filter: asked by id, one unknown instance fails the whole call. */
export async function readInstances(
  client: EC2Client,
  ids: readonly string[],
): Promise<Map<string, Instance>> {
  const found = new Map<string, Instance>();
  for (let from = 0; from < ids.length; from += VALUES) {
    const Filters = [{ Name: 'instance-id', Values: ids.slice(from, from + VALUES) }];
    for await (const page of paginateDescribeInstances({ client, pageSize: 1000 }, { Filters })) {
      for (const { Instances = [] } of page.Reservations ?? [])
        for (const instance of Instances) found.set(instance.InstanceId ?? '', instance);
    }
  }
  return found;
}

/** State by id of those that EC2 knows. */
export async function readInstanceStates(
  client: EC2Client,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const instances = await readInstances(client, ids);
  return new Map([...instances].map(([id, { State }]) => [id, State?.Name ?? 'unknown']));
}

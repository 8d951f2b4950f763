/** Stopped instances of warm pools that still have another image: they would come online with it. */
import { type AutoScalingClient, paginateDescribeWarmPool } from '@aws-sdk/client-auto-scaling';
import { type EC2Client, paginateDescribeInstances, TerminateInstancesCommand } from '@aws-sdk/client-ec2';

interface Pool {
  group: string;
  /** The image that they should have. */
  amiId: string;
}

/** @returns the ids of those that were ended; the group fills its pool again, from the newest launch template */
export async function retireStopped(
  { autoScaling, ec2 }: { autoScaling: AutoScalingClient; ec2: EC2Client },
  { group, amiId }: Pool,
): Promise<string[]> {
  const stopped = await readStopped(autoScaling, group);
  if (stopped.length === 0) return [];
  const Filters = [
    { Name: 'instance-id', Values: stopped },
    // One that has been started since is about to serve.
    { Name: 'instance-state-name', Values: ['stopped'] },
  ];
  const outdated: string[] = [];
  for await (const page of paginateDescribeInstances({ client: ec2 }, { Filters })) {
    const instances = (page.Reservations ?? []).flatMap(({ Instances }) => Instances ?? []);
    outdated.push(
      ...instances.flatMap(({ ImageId, InstanceId }) => (ImageId === amiId ? [] : (InstanceId ?? []))),
    );
  }
  // By EC2: Auto Scaling's own call refuses instances of a warm pool. They hold no job, so no drain is skipped.
  if (outdated.length > 0) await ec2.send(new TerminateInstancesCommand({ InstanceIds: outdated }));
  return outdated;
}

async function readStopped(autoScaling: AutoScalingClient, group: string): Promise<string[]> {
  const stopped: string[] = [];
  try {
    const pages = paginateDescribeWarmPool({ client: autoScaling }, { AutoScalingGroupName: group });
    for await (const page of pages) {
      for (const { InstanceId, LifecycleState } of page.Instances ?? [])
        if (LifecycleState === 'Warmed:Stopped' && InstanceId) stopped.push(InstanceId);
    }
  } catch (error) {
    // The group is not there before the first deploy.
    if ((error as Error).name === 'ValidationError' && /not found/i.test((error as Error).message)) return [];
    throw error;
  }
  return stopped;
}

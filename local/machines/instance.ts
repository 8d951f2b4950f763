/** The record of an EC2 instance as the local AWS tells it, and the two words that machines say back. */
export interface InstanceRecord {
  instanceId: string;
  imageId: string;
  /** Tags of the image; `local:rootfs` is the absolute path of its baked root directory. */
  imageTags: Record<string, string>;
  instanceType: string;
  availabilityZone: string;
  privateIp: string;
  subnetId: string;
  /** Decoded. */
  userData: string;
  tags: Record<string, string>;
  roleArn: string | null;
  /** Name of its Auto Scaling group. */
  group: string | null;
  lifecycleState: string | null;
  /** What the metadata service shows: the target, not the present state. */
  targetLifecycleState: string | null;
  state: string;
  launchedAt: string;
  lifeCycle: 'spot' | 'on-demand';
  /** What AWS is about to do to a spot instance; the time in ISO 8601, on the clock of the machine. */
  spotAction: { action: string; time: string } | null;
  /** When AWS said that a spot instance is at risk. */
  rebalanceNoticeTime: string | null;
}

/** The record of one instance, or null when the local AWS does not know it. */
export async function readInstance(awsUrl: string, instanceId: string): Promise<InstanceRecord | null> {
  const response = await fetch(`${awsUrl}/_local/instances/${instanceId}`, {
    signal: AbortSignal.timeout(10_000),
  });
  if (response.status === 404) return null;
  if (!response.ok)
    throw new Error(`The local AWS answered ${response.status} for instance ${instanceId}: look at its log.`);
  return (await response.json()) as InstanceRecord;
}

/**
 * Tells the local AWS that a machine is off; tried again while the local AWS is busy. The state that the instance is in
 * now, or null when there is none.
 */
export async function reportStopped(
  awsUrl: string,
  instanceId: string,
  reason: string,
): Promise<string | null> {
  const url = `${awsUrl}/_local/instances/${instanceId}/stopped`;
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ reason }),
        signal: AbortSignal.timeout(10_000),
      });
      if (response.status === 404) return null;
      if (response.ok) return ((await response.json()) as { state?: string }).state ?? null;
      throw new Error(`status ${response.status}`);
    } catch (cause) {
      if (attempt === 5) throw new Error(`Could not report ${instanceId} as stopped to ${url}.`, { cause });
      await new Promise((resolve) => setTimeout(resolve, attempt * 200));
    }
  }
}

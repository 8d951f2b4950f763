import { DeleteSnapshotCommand, DeregisterImageCommand, type EC2Client } from '@aws-sdk/client-ec2';
import type { Choice } from '../core/images';

/** Gone already, by an earlier run or another hand. */
const GONE = new Set(['InvalidAMIID.NotFound', 'InvalidAMIID.Unavailable', 'InvalidSnapshot.NotFound']);

export interface Removed {
  done: string[];
  /** One line for each that AWS refused; running again tries again. */
  failures: string[];
}

/** Deregisters what was chosen, then deletes the snapshots: EC2 refuses those that an AMI still has. */
export async function removeImages(
  ec2: (region: string) => EC2Client,
  { remove, orphans }: Pick<Choice, 'remove' | 'orphans'>,
): Promise<Removed> {
  const done: string[] = [];
  const failures: string[] = [];
  const attempt = async (id: string, work: () => Promise<unknown>): Promise<boolean> => {
    try {
      await work();
    } catch (error) {
      const { name, message } = error as Error;
      if (!GONE.has(name)) {
        failures.push(`${id}: ${name}: ${message}`);
        return false;
      }
    }
    done.push(id);
    return true;
  };

  const snapshots = orphans.map(({ id, region }) => ({ id, region }));
  for (const { ami, snapshots: own } of remove) {
    const deregister = new DeregisterImageCommand({ ImageId: ami.id });
    if (!(await attempt(ami.id, () => ec2(ami.region).send(deregister)))) continue;
    snapshots.push(...own.map((id) => ({ id, region: ami.region })));
  }
  const unique = new Map(snapshots.map((snapshot) => [snapshot.id, snapshot]));
  for (const { id, region } of unique.values())
    await attempt(id, () => ec2(region).send(new DeleteSnapshotCommand({ SnapshotId: id })));
  return { done, failures };
}

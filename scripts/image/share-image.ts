/** Who else may launch an image. Sharing moves with the promotion, so that housekeeping can remove what was shared before. */
import {
  type EC2Client,
  ModifyImageAttributeCommand,
  ModifySnapshotAttributeCommand,
} from '@aws-sdk/client-ec2';
import type { Ami, Inventory } from '../../lambda/housekeeper/core/images';

interface Sharing {
  amiId: string;
  /** AWS accounts of `shareWith`. */
  accounts: readonly string[];
  inventory: Inventory;
}

/** Permissions to give and to take back; nothing when all is as it should be. */
export function planSharing({ amiId, accounts, inventory }: Sharing) {
  const { amis, references } = inventory;
  const sharedWith = (id: string) =>
    accounts.filter((account) =>
      references.some(
        ({ amiId: of, reason, detail }) => of === id && reason === 'shared' && detail === account,
      ),
    );
  const inReach = new Set([
    amiId,
    ...references
      .filter(({ reason }) => reason === 'promoted' || reason === 'promoted-before')
      .map((reference) => reference.amiId),
  ]);
  const region = amis.find(({ id }) => id === amiId)?.region;
  const missing = accounts.filter((account) => !sharedWith(amiId).includes(account));
  return {
    give: amis
      .filter(({ id }) => id === amiId && missing.length > 0)
      .map((ami) => ({ ami, accounts: missing })),
    takeBack: amis
      .filter((ami) => ami.region === region && !inReach.has(ami.id) && sharedWith(ami.id).length > 0)
      .map((ami) => ({ ami, accounts: sharedWith(ami.id) })),
  };
}

/** @returns a line for each image whose permissions changed */
export async function shareImage(ec2: EC2Client, sharing: Sharing): Promise<string[]> {
  const { give, takeBack } = planSharing(sharing);
  const lines: string[] = [];
  for (const { ami, accounts } of give) {
    // Snapshots first: an image that is shared is one whose snapshots are.
    await changeSnapshots(ec2, ami, { Add: accounts.map((UserId) => ({ UserId })) });
    await changeImage(ec2, ami, { Add: accounts.map((UserId) => ({ UserId })) });
    lines.push(`${ami.id} is shared with ${accounts.join(', ')}`);
  }
  for (const { ami, accounts } of takeBack) {
    await changeImage(ec2, ami, { Remove: accounts.map((UserId) => ({ UserId })) });
    await changeSnapshots(ec2, ami, { Remove: accounts.map((UserId) => ({ UserId })) });
    lines.push(`${ami.id}, promoted long ago, is no longer shared with ${accounts.join(', ')}`);
  }
  return lines;
}

type Change = { Add: { UserId: string }[] } | { Remove: { UserId: string }[] };

const changeImage = (ec2: EC2Client, { id }: Ami, LaunchPermission: Change) =>
  ec2.send(new ModifyImageAttributeCommand({ ImageId: id, LaunchPermission }));

async function changeSnapshots(
  ec2: EC2Client,
  { snapshots }: Ami,
  CreateVolumePermission: Change,
): Promise<void> {
  for (const SnapshotId of snapshots) {
    await ec2.send(
      new ModifySnapshotAttributeCommand({
        SnapshotId,
        Attribute: 'createVolumePermission',
        CreateVolumePermission,
      }),
    );
  }
}

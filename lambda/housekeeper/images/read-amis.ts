import {
  type EC2Client,
  type Image,
  paginateDescribeImages,
  paginateDescribeSnapshots,
  type Tag,
} from '@aws-sdk/client-ec2';
import type { Ami, Snapshot } from '../core/images';

/** Every AMI of this account, those that are disabled too: their snapshots are needed. */
export async function readAmis(client: EC2Client, region: string): Promise<Ami[]> {
  const amis: Ami[] = [];
  const pages = paginateDescribeImages(
    { client, pageSize: 500 },
    { Owners: ['self'], IncludeDeprecated: true, IncludeDisabled: true },
  );
  for await (const page of pages) amis.push(...(page.Images ?? []).map((image) => toAmi(image, region)));
  return amis;
}

export async function readSnapshots(
  client: EC2Client,
  region: string,
  tags: Readonly<Record<string, string>>,
): Promise<Snapshot[]> {
  const snapshots: Snapshot[] = [];
  const Filters = Object.entries(tags).map(([key, value]) => ({ Name: `tag:${key}`, Values: [value] }));
  for await (const page of paginateDescribeSnapshots(
    { client, pageSize: 500 },
    { OwnerIds: ['self'], Filters },
  )) {
    snapshots.push(
      ...(page.Snapshots ?? []).map(
        ({ SnapshotId, State, StartTime, Tags }): Snapshot => ({
          id: SnapshotId ?? '',
          region,
          state: State ?? '',
          ...(StartTime ? { startedAt: StartTime.getTime() } : {}),
          tags: toTags(Tags),
        }),
      ),
    );
  }
  return snapshots;
}

function toAmi(image: Image, region: string): Ami {
  const createdAt = Date.parse(image.CreationDate ?? '');
  return {
    id: image.ImageId ?? '',
    region,
    name: image.Name ?? '',
    state: image.State ?? '',
    ...(Number.isNaN(createdAt) ? {} : { createdAt }),
    tags: toTags(image.Tags),
    snapshots: (image.BlockDeviceMappings ?? []).flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []),
  };
}

const toTags = (tags: Tag[] = []): Record<string, string> =>
  Object.fromEntries(tags.map(({ Key, Value }) => [Key ?? '', Value ?? '']));

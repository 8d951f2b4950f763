/** Copies of a promoted image in other regions. */
import { randomUUID } from 'node:crypto';
import { CopyImageCommand, DescribeImagesCommand, type EC2Client, type Image } from '@aws-sdk/client-ec2';
import { TAGS } from '../../config/names';
import type { Ami } from '../../lambda/housekeeper/core/images';
import { ExpectedError } from '../expected-error';
import type { Pace } from '../pace';

interface Copying {
  ami: Ami;
  /** Region of the copy, and its client. */
  region: string;
  ec2: EC2Client;
}

/** 16 GB take some minutes to the next region, and half an hour around the world. */
const DEADLINE_MS = 60 * 60_000;
const LOOK_EVERY_MS = 15_000;

/** Makes the copy unless it is there, and waits until it can be launched. @returns what was found or made */
export async function copyImage({ ami, region, ec2 }: Copying, { now, sleep }: Pace): Promise<string> {
  const found = await readCopy(ec2, ami.id);
  if (found?.State === 'available') return `${found.ImageId} in ${region}, there already`;
  const copyId = found?.ImageId ?? (await startCopy({ ami, region, ec2 }));
  for (const deadline = now() + DEADLINE_MS; ; ) {
    const copy = await readCopy(ec2, ami.id);
    if (copy?.State === 'available') return `${copyId} in ${region}`;
    if (copy?.State === 'failed') {
      throw new ExpectedError(
        `The copy ${copyId} in ${region} failed: ${copy.StateReason?.Message ?? 'AWS says no reason'}. Deregister it, then promote again.`,
      );
    }
    if (now() >= deadline) {
      throw new ExpectedError(
        `The copy ${copyId} in ${region} is ${copy?.State ?? 'not to be seen'} after an hour. Promote again to wait on.`,
      );
    }
    await sleep(LOOK_EVERY_MS);
  }
}

/** The one that can be launched rather than one that failed. */
async function readCopy(ec2: EC2Client, amiId: string): Promise<Image | undefined> {
  const Filters = [{ Name: `tag:${TAGS.copyOf}`, Values: [amiId] }];
  const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Owners: ['self'], Filters }));
  const rank = ({ State }: Image) => ['available', 'pending'].indexOf(State ?? '') >>> 0;
  return Images.sort((one, other) => rank(one) - rank(other))[0];
}

async function startCopy({ ami, region, ec2 }: Copying): Promise<string> {
  const Tags = Object.entries({ ...ami.tags, [TAGS.copyOf]: ami.id }).map(([Key, Value]) => ({ Key, Value }));
  const answer = await ec2.send(
    new CopyImageCommand({
      Name: ami.name,
      SourceImageId: ami.id,
      SourceRegion: ami.region,
      // With the region's own default key: a key works in its region only.
      Encrypted: true,
      // For retries of this very call; a copy made before is found by its tag.
      ClientToken: randomUUID(),
      TagSpecifications: (['image', 'snapshot'] as const).map((ResourceType) => ({ ResourceType, Tags })),
    }),
  );
  if (!answer.ImageId)
    throw new ExpectedError(`AWS started no copy of ${ami.id} in ${region}. Promote again.`);
  return answer.ImageId;
}

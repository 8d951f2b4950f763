import type { EC2Client } from '@aws-sdk/client-ec2';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { Inventory } from '../core/images';
import { IMAGE_TAGS, type ImageSettings } from '../settings';
import { readAmis, readSnapshots } from './read-amis';
import { readPromotions } from './read-promotions';
import { readInstances, readShares, readTemplates } from './read-references';

/** One client for each region: images can be copied. */
export interface ImageClients {
  ec2: (region: string) => EC2Client;
  ssm: SSMClient;
}

interface Place {
  environment: string;
  region: string;
}

/** All that can need an AMI of this image. Never throws: what could not be read is said in `unread`. */
export async function readInventory(
  { ec2, ssm }: ImageClients,
  { environment, region }: Place,
  image: ImageSettings,
): Promise<Inventory> {
  const unread: string[] = [];
  const attempt = async <T>(what: string, read: () => Promise<T[]>): Promise<T[]> => {
    try {
      return await read();
    } catch (error) {
      unread.push(`${what}: ${(error as Error).name}: ${(error as Error).message}`);
      return [];
    }
  };
  const inEachRegion = async <T>(what: string, read: (client: EC2Client, region: string) => Promise<T[]>) => {
    const regions = [...new Set([region, ...image.copyTo])];
    const found = regions.map((name) => attempt(`${what} in ${name}`, () => read(ec2(name), name)));
    return (await Promise.all(found)).flat();
  };
  const tags = { [IMAGE_TAGS.environment]: environment, [IMAGE_TAGS.image]: image.name };

  // AMIs are listed last: one that is made in between is young, and its snapshot too.
  const promotions = await attempt(image.parameter, () => readPromotions(ssm, image));
  const templates = image.launchTemplates.map((name) =>
    attempt(`launch template ${name}`, () => readTemplates(ec2(region), name)),
  );
  const [fromTemplates, snapshots, amis] = await Promise.all([
    Promise.all(templates),
    inEachRegion('snapshots', (client, name) => readSnapshots(client, name, tags)),
    inEachRegion('images', readAmis),
  ]);
  const idsIn = (name: string) =>
    amis
      .filter(
        (ami) => ami.region === name && Object.entries(tags).every(([key, value]) => ami.tags[key] === value),
      )
      .map(({ id }) => id);
  const [instances, shares] = await Promise.all([
    inEachRegion('instances', (client, name) => readInstances(client, idsIn(name))),
    inEachRegion('launch permissions', (client, name) => readShares(client, idsIn(name))),
  ]);
  return {
    environment,
    image: image.name,
    amis,
    snapshots,
    references: [...promotions, ...fromTemplates.flat(), ...instances, ...shares],
    unread,
  };
}

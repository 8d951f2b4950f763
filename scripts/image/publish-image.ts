/** Everything that a promotion is: the fleets launch the image, and others who should have it get it. Idempotent. */
import { groupName } from '../../config/names';
import type { Config } from '../../config/schema';
import { ExpectedError } from '../expected-error';
import type { Pace } from '../pace';
import { promoteImage } from '../promote-image';
import type { ImageClients } from './clients';
import { copyImage } from './copy-image';
import { IncompletePromotion } from './incomplete-promotion';
import { readImage } from './read-image';
import { retireStopped } from './retire-stopped';
import { shareImage } from './share-image';

export interface Publication {
  config: Config;
  /** Key of `images` in the config. */
  image: string;
  amiId: string;
}

/**
 * @throws ExpectedError when the AMI will not do, nothing is changed then; IncompletePromotion when anything else could not
 * be done: all else is, and running it again completes it
 */
export async function publishImage(
  clients: ImageClients,
  publication: Publication,
  pace: Pace,
): Promise<void> {
  const { config, image, amiId } = publication;
  const { print } = pace;
  const clientsHere = { ec2: clients.ec2(config.aws.region), ssm: clients.ssm };
  const promoted = await promoteImage(clientsHere, { ...publication, print });
  const failures = [
    ...promoted.failures,
    ...(await refreshPools(clients, { ...publication, groups: promoted.groups }, print)),
    ...(await distribute(clients, publication, pace)),
  ];
  if (failures.length > 0) {
    const again = `make promote ENV=${config.environment} IMAGE=${image} AMI=${amiId}`;
    throw new IncompletePromotion({ promoted: amiId, failures, again });
  }
}

/** Of the groups that launch the image: any other pool would fill with the image it had. */
async function refreshPools(
  clients: ImageClients,
  { config, amiId, groups }: Publication & { groups: string[] },
  print: Pace['print'],
): Promise<string[]> {
  const ec2 = clients.ec2(config.aws.region);
  const pools = config.fleets.filter(({ name, warmPool }) => warmPool && groups.includes(name));
  const failures = pools.map(async ({ name }) => {
    const group = groupName(config.environment, name);
    return attempt(`warm pool of ${group}`, async () => {
      const ended = await retireStopped({ autoScaling: clients.autoScaling, ec2 }, { group, amiId });
      if (ended.length > 0)
        print(`warm pool of ${group}: ended ${ended.join(', ')}, which had another image`);
    });
  });
  return (await Promise.all(failures)).flat();
}

/** To other accounts and regions, as the config says. */
async function distribute(
  clients: ImageClients,
  { config, image, amiId }: Publication,
  pace: Pace,
): Promise<string[]> {
  const { shareWith = [], copyTo = [] } = config.images[image] ?? {};
  if (shareWith.length + copyTo.length === 0) return [];
  const { inventory } = await readImage(clients, config, image);
  const ami = inventory.amis.find(({ id }) => id === amiId);
  if (!ami || inventory.unread.length > 0)
    return [`to share and copy it, this was to be read: ${inventory.unread.join('; ') || amiId}`];

  const share = attempt('sharing', async () => {
    const sharing = { amiId, accounts: shareWith, inventory };
    for (const line of await shareImage(clients.ec2(config.aws.region), sharing)) pace.print(line);
  });
  const copies = copyTo
    .filter((region) => region !== config.aws.region)
    .map((region) =>
      attempt(`copy to ${region}`, async () => {
        pace.print(`copy: ${await copyImage({ ami, region, ec2: clients.ec2(region) }, pace)}`);
      }),
    );
  return (await Promise.all([share, ...copies])).flat();
}

async function attempt(what: string, work: () => Promise<void>): Promise<string[]> {
  try {
    await work();
    return [];
  } catch (error) {
    const { name, message } = error as Error;
    return [`${what}: ${error instanceof ExpectedError ? message : `${name}: ${message}`}`];
  }
}

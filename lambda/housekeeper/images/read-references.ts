import {
  DescribeImageAttributeCommand,
  DescribeLaunchTemplateVersionsCommand,
  type EC2Client,
  type LaunchTemplateVersion,
  paginateDescribeInstances,
} from '@aws-sdk/client-ec2';
import type { Reference } from '../core/images';

/** Versions before one that are looked through for the one that was used before: some may have been deleted. */
const BACK = 10;
/** EC2 takes 200 values in a filter. */
const VALUES = 200;
/** A stopped instance starts from its disk, but whoever starts it again may want to know what it is. */
const ALIVE = ['pending', 'running', 'shutting-down', 'stopping', 'stopped'];

/** The newest and the default version of a launch template, and the one before each. */
export async function readTemplates(client: EC2Client, name: string): Promise<Reference[]> {
  const read = async (input: { Versions: string[] } | { MinVersion: string; MaxVersion: string }) => {
    const command = new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateName: name, ...input });
    return (await client.send(command)).LaunchTemplateVersions ?? [];
  };
  try {
    const current = await read({ Versions: ['$Latest', '$Default'] });
    const before = await Promise.all(
      current.map(async ({ VersionNumber = 1 }) => {
        if (VersionNumber < 2) return [];
        const from = Math.max(1, VersionNumber - BACK);
        const versions = await read({ MinVersion: String(from), MaxVersion: String(VersionNumber - 1) });
        return versions
          .sort((one, other) => (other.VersionNumber ?? 0) - (one.VersionNumber ?? 0))
          .slice(0, 1);
      }),
    );
    return [...current, ...before.flat()].flatMap((version) => toReference(name, version));
  } catch (error) {
    // The fleet is not deployed yet.
    if ((error as Error).name.startsWith('InvalidLaunchTemplateName.NotFound')) return [];
    throw error;
  }
}

function toReference(
  name: string,
  { LaunchTemplateData, VersionNumber }: LaunchTemplateVersion,
): Reference[] {
  const amiId = LaunchTemplateData?.ImageId;
  if (!amiId) return [];
  return [{ amiId, reason: 'launch-template', detail: `${name} version ${VersionNumber}` }];
}

/** Instances of these AMIs that are not terminated, whoever's they are. */
export async function readInstances(client: EC2Client, amiIds: readonly string[]): Promise<Reference[]> {
  const references: Reference[] = [];
  for (let from = 0; from < amiIds.length; from += VALUES) {
    const Filters = [
      { Name: 'image-id', Values: amiIds.slice(from, from + VALUES) },
      { Name: 'instance-state-name', Values: ALIVE },
    ];
    for await (const page of paginateDescribeInstances({ client, pageSize: 1000 }, { Filters })) {
      const instances = (page.Reservations ?? []).flatMap(({ Instances }) => Instances ?? []);
      references.push(
        ...instances.map(
          ({ ImageId, InstanceId, State }): Reference => ({
            amiId: ImageId ?? '',
            reason: 'instance',
            detail: `${InstanceId} ${State?.Name}`,
          }),
        ),
      );
    }
  }
  return references;
}

/** Who else may launch these AMIs. What others do with them cannot be seen from here. */
export async function readShares(client: EC2Client, amiIds: readonly string[]): Promise<Reference[]> {
  const references: Reference[] = [];
  for (const amiId of amiIds) {
    const command = new DescribeImageAttributeCommand({ ImageId: amiId, Attribute: 'launchPermission' });
    const permissions = await client.send(command).then(
      ({ LaunchPermissions }) => LaunchPermissions ?? [],
      (error: Error) => {
        // Gone since it was listed.
        if (error.name.startsWith('InvalidAMIID')) return [];
        throw error;
      },
    );
    for (const { UserId, Group, OrganizationArn, OrganizationalUnitArn } of permissions) {
      const detail = UserId ?? Group ?? OrganizationArn ?? OrganizationalUnitArn ?? 'somebody';
      references.push({ amiId, reason: 'shared', detail });
    }
  }
  return references;
}

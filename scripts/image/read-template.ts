import { DescribeLaunchTemplateVersionsCommand, type EC2Client } from '@aws-sdk/client-ec2';

/** The newest version of a launch template: what the next instance boots from. */
export interface Template {
  version: number;
  amiId: string | undefined;
  /** MUSTER_CONTRACT of its boot environment; undefined when it has none. */
  contract: string | undefined;
}

/** Undefined when the template is not deployed yet. */
export async function readTemplate(ec2: EC2Client, name: string): Promise<Template | undefined> {
  try {
    const { LaunchTemplateVersions = [] } = await ec2.send(
      new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateName: name, Versions: ['$Latest'] }),
    );
    const [latest] = LaunchTemplateVersions;
    if (!latest) return undefined;
    const { ImageId, UserData = '' } = latest.LaunchTemplateData ?? {};
    return { version: latest.VersionNumber ?? 0, amiId: ImageId, contract: parseContract(UserData) };
  } catch (error) {
    if ((error as Error).name === 'InvalidLaunchTemplateName.NotFoundException') return undefined;
    throw error;
  }
}

/** @param userData as AWS holds it, in base64 */
const parseContract = (userData: string): string | undefined =>
  /^MUSTER_CONTRACT=(.*)$/m.exec(Buffer.from(userData, 'base64').toString('utf8'))?.[1];

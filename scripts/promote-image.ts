/** Make an AMI the current one of an image. Idempotent: what is done already is left alone, so a failed run is repeated. */
import { CreateLaunchTemplateVersionCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { GetParameterCommand, PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { toGroups } from '../config/groups';
import { imageParameter, launchTemplateName } from '../config/names';
import type { Config } from '../config/schema';
import { BOOT_CONTRACT } from '../stacks/boot-environment';
import { verifyAmi } from './checks/verify-ami';
import { readTemplate } from './image/read-template';

export interface Promotion {
  config: Config;
  /** Key of `images` in the config. */
  image: string;
  amiId: string;
  print: (line: string) => void;
}

export interface Promoted {
  /** Names of those whose next instance boots from the AMI: fleets, and the hosts of containers. */
  groups: string[];
  /** Templates that could not be written, and why. */
  failures: string[];
}

/**
 * Writes the parameter that the next deploy reads, then a version of each group's launch template, which the next
 * instance boots from (groups use $Latest). Running instances are left alone, and so is the template of a group that
 * speaks another boot contract: the deploy that changes this takes the image from the parameter.
 * @returns what could not be done; all else is done then. @throws ExpectedError when the AMI will not do: nothing is changed
 */
export async function promoteImage(
  { ec2, ssm }: { ec2: EC2Client; ssm: SSMClient },
  { config, image, amiId, print }: Promotion,
): Promise<Promoted> {
  await verifyAmi(ec2, config, image, amiId);
  const parameter = imageParameter(config.environment, image);
  print(`${parameter}: ${await publishParameter(ssm, parameter, amiId)}`);

  const promoted: Promoted = { groups: [], failures: [] };
  for (const { name: group } of toGroups(config).filter((candidate) => candidate.image === image)) {
    const template = launchTemplateName(config.environment, group);
    try {
      const { launches, what } = await publishTemplateVersion(ec2, template, amiId);
      print(`launch template ${template}: ${what}`);
      if (launches) promoted.groups.push(group);
    } catch (error) {
      const { name, message } = error as Error;
      promoted.failures.push(`${template} still launches the image it had: ${name}: ${message}`);
    }
  }
  return promoted;
}

async function publishParameter(ssm: SSMClient, name: string, amiId: string): Promise<string> {
  const before = await readParameter(ssm, name);
  // Writing the same value would only lengthen the history of promotions.
  if (before === amiId) return `${amiId} already`;
  await ssm.send(new PutParameterCommand({ Name: name, Value: amiId, Type: 'String', Overwrite: true }));
  return before ? `${amiId}, was ${before}` : amiId;
}

/** Id of the promoted AMI; undefined when none was promoted yet. */
export async function readParameter(ssm: SSMClient, name: string): Promise<string | undefined> {
  try {
    return (await ssm.send(new GetParameterCommand({ Name: name }))).Parameter?.Value;
  } catch (error) {
    if ((error as Error).name === 'ParameterNotFound') return undefined;
    throw error;
  }
}

async function publishTemplateVersion(
  ec2: EC2Client,
  name: string,
  amiId: string,
): Promise<{ launches: boolean; what: string }> {
  const latest = await readTemplate(ec2, name);
  if (!latest) return { launches: false, what: 'not deployed yet, the deploy will use the image' };
  // The image would not understand what this template tells it: every launch would give up. The AMI speaks this checkout's.
  if (latest.contract && latest.contract !== String(BOOT_CONTRACT)) {
    const what = `speaks contract ${latest.contract}, the image ${BOOT_CONTRACT}: the deploy will use the image. Run it now: make deploy`;
    return { launches: false, what };
  }
  if (latest.amiId === amiId) return { launches: true, what: `version ${latest.version} has it already` };
  const { LaunchTemplateVersion: created } = await ec2.send(
    new CreateLaunchTemplateVersionCommand({
      LaunchTemplateName: name,
      SourceVersion: String(latest.version),
      VersionDescription: `promoted ${amiId}`,
      LaunchTemplateData: { ImageId: amiId },
    }),
  );
  const what = `version ${created?.VersionNumber}, was ${latest.amiId} in version ${latest.version}`;
  return { launches: true, what };
}

import type { EC2Client } from '@aws-sdk/client-ec2';
import { toGroups } from '../../config/groups';
import { launchTemplateName } from '../../config/names';
import type { Config } from '../../config/schema';
import { BOOT_CONTRACT } from '../../stacks/boot-environment';
import { ExpectedError } from '../expected-error';
import { readTemplate } from '../image/read-template';

/**
 * Every deployed launch template of a group with that image speaks the boot contract of this checkout, so that a
 * promotion reaches the fleets. @throws ExpectedError that names those that do not
 */
export async function verifyTemplateContract(ec2: EC2Client, config: Config, image: string): Promise<string> {
  const { environment } = config;
  const others: string[] = [];
  for (const { name } of toGroups(config).filter((group) => group.image === image)) {
    const template = launchTemplateName(environment, name);
    const { contract } = (await readTemplate(ec2, template)) ?? {};
    if (contract && contract !== String(BOOT_CONTRACT)) others.push(`${template} speaks ${contract}`);
  }
  if (others.length > 0) {
    throw new ExpectedError(
      `This checkout bakes images of boot contract ${BOOT_CONTRACT}, but what is deployed is of another: ${others.join(', ')}. No fleet could boot the image. Deploy first: make ami ENV=${environment} IMAGE=${image}, then make deploy ENV=${environment}`,
    );
  }
  return `contract ${BOOT_CONTRACT}`;
}

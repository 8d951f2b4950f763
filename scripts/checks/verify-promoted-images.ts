import type { EC2Client } from '@aws-sdk/client-ec2';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { toGroups } from '../../config/groups';
import { imageParameter } from '../../config/names';
import type { Config } from '../../config/schema';
import { ExpectedError } from '../expected-error';
import { readParameter } from '../promote-image';
import { verifyAmi } from './verify-ami';

/** Every image that instances boot from is promoted, and the promoted AMI will do. */
export async function verifyPromotedImages(
  { ec2, ssm }: { ec2: EC2Client; ssm: SSMClient },
  config: Config,
): Promise<string> {
  const images = [...new Set(toGroups(config).map(({ image }) => image))];
  const promoted: string[] = [];
  const problems: string[] = [];
  for (const image of images) {
    try {
      promoted.push(`${image} is ${await verifyPromoted({ ec2, ssm }, config, image)}`);
    } catch (error) {
      if (!(error instanceof ExpectedError)) throw error;
      problems.push(error.message);
    }
  }
  if (problems.length > 0) throw new ExpectedError(problems.join('\n'));
  return promoted.join(', ') || 'none is needed';
}

async function verifyPromoted(
  { ec2, ssm }: { ec2: EC2Client; ssm: SSMClient },
  config: Config,
  image: string,
): Promise<string> {
  const amiId = await readParameter(ssm, imageParameter(config.environment, image));
  if (!amiId) {
    throw new ExpectedError(
      `No image ${image} is promoted for ${config.environment} yet. Bake one: make ami ENV=${config.environment} IMAGE=${image}`,
    );
  }
  return verifyAmi(ec2, config, image, amiId);
}

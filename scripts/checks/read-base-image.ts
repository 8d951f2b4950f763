import { DescribeImagesCommand, type EC2Client } from '@aws-sdk/client-ec2';
import type { Config, ImageConfig } from '../../config/schema';
import { ExpectedError } from '../expected-error';
import { toDebianArchitecture } from '../packer-variables';

export interface BaseImage {
  name: string;
  rootDevice: string;
}

/** The newest image that the definition starts from. */
export async function readBaseImage(
  ec2: EC2Client,
  { aws }: Config,
  { base, architecture }: ImageConfig,
): Promise<BaseImage> {
  const name = base.name.replaceAll('{arch}', toDebianArchitecture(architecture));
  const answer = await ec2.send(
    new DescribeImagesCommand({
      Owners: [base.owner],
      Filters: [
        { Name: 'name', Values: [name] },
        { Name: 'state', Values: ['available'] },
      ],
    }),
  );
  const newest = (answer.Images ?? [])
    .filter((image) => (image.Architecture ?? architecture) === architecture)
    .sort((one, other) => (one.CreationDate ?? '').localeCompare(other.CreationDate ?? ''))
    .at(-1);
  if (!newest?.Name) {
    throw new ExpectedError(
      `${base.owner} publishes no image ${name} for ${architecture} in ${aws.region}. Correct the base of the image in the config, or share the image with this account.`,
    );
  }
  return { name: newest.Name, rootDevice: newest.RootDeviceName ?? '/dev/xvda' };
}

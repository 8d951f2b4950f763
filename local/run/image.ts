import { CreateTagsCommand, type EC2Client, RegisterImageCommand } from '@aws-sdk/client-ec2';
import { TAGS } from '../../config/names';

/** The tags that packer/runner.pkr.hcl gives to an image, and that promotion and deploy look at. */
export const toImageTags = (baked: {
  environment: string;
  image: string;
  contract: number | string;
  agents: readonly string[];
  commit: string;
}): Record<string, string> => ({
  [TAGS.environment]: baked.environment,
  [TAGS.image]: baked.image,
  [TAGS.contract]: String(baked.contract),
  [TAGS.agents]: baked.agents.join(' '),
  [TAGS.commit]: baked.commit,
});

/** Make a baked root directory known to the local AWS as an image, the way the Packer plugin leaves one at AWS. */
export async function registerImage(
  ec2: EC2Client,
  {
    name,
    architecture,
    rootfs,
    tags,
  }: { name: string; architecture: 'x86_64' | 'arm64'; rootfs: string; tags: Record<string, string> },
): Promise<string> {
  const { ImageId: id } = await ec2.send(
    new RegisterImageCommand({
      Name: name,
      Architecture: architecture,
      RootDeviceName: '/dev/xvda',
      VirtualizationType: 'hvm',
      BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeSize: 8, VolumeType: 'gp3' } }],
    }),
  );
  if (!id) throw new Error(`The local AWS registered ${name} without an id.`);
  const all = { ...tags, 'local:rootfs': rootfs };
  await ec2.send(
    new CreateTagsCommand({
      Resources: [id],
      Tags: Object.entries(all).map(([Key, Value]) => ({ Key, Value })),
    }),
  );
  return id;
}

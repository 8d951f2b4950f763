import { CreateTagsCommand, type EC2Client, RegisterImageCommand } from '@aws-sdk/client-ec2';
import { TAGS } from '../../config/names';
import { BOOT_CONTRACT } from '../../stacks/boot-environment';

interface Baked {
  environment?: string;
  image?: string;
  /** The stamp in the name. */
  version: string;
  /** Tags that deviate. */
  tags?: Record<string, string>;
}

/** An AMI as a bake leaves it. @returns its id */
export async function bakeAmi(ec2: EC2Client, baked: Baked): Promise<string> {
  const { environment = 'dev', image = 'runner', version } = baked;
  const tags = {
    [TAGS.environment]: environment,
    [TAGS.image]: image,
    [TAGS.contract]: String(BOOT_CONTRACT),
    [TAGS.agents]: 'circleci',
    [TAGS.commit]: 'abc123',
    ...baked.tags,
  };
  const name = `muster-${environment}-${image}-${version}`;
  const { ImageId = '' } = await ec2.send(new RegisterImageCommand({ Name: name, Architecture: 'x86_64' }));
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  await ec2.send(new CreateTagsCommand({ Resources: [ImageId], Tags }));
  return ImageId;
}

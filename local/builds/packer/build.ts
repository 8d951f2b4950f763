/** One build: an image is baked, or there already, and becomes an AMI of its own. */
import { join } from 'node:path';
import { CreateTagsCommand, DescribeImagesCommand, type EC2Client } from '@aws-sdk/client-ec2';
import type { ImageConfig } from '../../../config/schema';
import { bakeImage } from '../../machines/bake';
import { registerImage, toImageTags } from '../../run/image';
import { BROKEN_PINS, type Broken, breakToolchains } from './break';
import { writeManifest } from './manifest';
import type { Variables } from './parse-build';

export interface BuildInput {
  variables: Variables;
  /** Folder of packer/ and provision/. */
  source: string;
  stateDir: string;
  broken: Broken;
  ec2: EC2Client;
  now: Date;
  /** Where the manifest is written. */
  folder: string;
  print: (line: string) => void;
}

/** The tags that packer/runner.pkr.hcl gives to image and snapshot. */
const toTags = (variables: Variables): Record<string, string> => ({
  ...variables.tags,
  Name: `muster-${variables.environment}-${variables.image}`,
  ...toImageTags({
    ...{ environment: variables.environment, image: variables.image, contract: variables.contract },
    ...{ agents: variables.agents.split(','), commit: variables.git_commit },
  }),
  'muster:toolchains': variables.toolchains.replaceAll(',', ' '),
});

const toStamp = (now: Date): string => now.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);

async function bake({ variables, source, stateDir, broken, print }: BuildInput): Promise<string> {
  const toolchains = variables.toolchains.split(',').filter(Boolean) as ImageConfig['toolchains'];
  const agents = variables.agents.split(',').filter(Boolean) as ImageConfig['agents'];
  const { rootfs, baked } = await bakeImage({
    environment: variables.environment,
    image: variables.image,
    definition: { architecture: variables.architecture, agents, toolchains },
    source,
    stateDir,
    commit: variables.git_commit,
    // Not those of the operator: a local bake downloads stand-ins, and pins them itself.
    pins: broken === 'bake' ? BROKEN_PINS : '',
    onLog: print,
  });
  print(baked ? `baked ${rootfs}` : `nothing to bake: ${rootfs} was made from the same inputs`);
  return broken === 'smoke' ? breakToolchains(rootfs, toolchains) : rootfs;
}

async function tagSnapshots(ec2: EC2Client, amiId: string, tags: Record<string, string>): Promise<void> {
  const { Images: [image] = [] } = await ec2.send(new DescribeImagesCommand({ ImageIds: [amiId] }));
  const snapshots = (image?.BlockDeviceMappings ?? []).flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []);
  if (snapshots.length === 0) return;
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  await ec2.send(new CreateTagsCommand({ Resources: snapshots, Tags }));
}

export async function build(input: BuildInput): Promise<void> {
  const { variables, ec2, now, folder, print } = input;
  const rootfs = await bake(input);
  const tags = toTags(variables);
  const { region, architecture, environment, image } = variables;
  const name = `muster-${environment}-${image}-${toStamp(now)}`;
  const amiId = await registerImage(ec2, { name, architecture, rootfs, tags });
  await tagSnapshots(ec2, amiId, tags);
  writeManifest(join(folder, variables.manifest), {
    ...{ region, amiId, now },
    customData: {
      image,
      commit: variables.git_commit,
      contract: variables.contract,
      agents: variables.agents,
    },
  });
  print(`AMIs were created:\n${region}: ${amiId}`);
}

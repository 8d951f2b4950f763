/** From baked images to fleets that may work: register, promote, deploy, tokens. In the order of a first deploy at AWS. */
import { SSMClient } from '@aws-sdk/client-ssm';
import { promoteImage } from '../../scripts/promote-image';
import { BOOT_CONTRACT } from '../../stacks/boot-environment';
import type { FleetTokens } from './ci/local-ci';
import { distributeTokens, type LocalEnvironment, operate } from './environment';
import { registerImage, toImageTags } from './image';
import { makeClients } from './operator';
import { makeRunnerImage } from './runner-image';
import type { Steps } from './steps';

export interface BakedImage {
  /** Key of `images` in the config. */
  image: string;
  /** Root directory that machines boot from. */
  rootfs: string;
  /** What tells this bake from others. */
  hash: string;
}

async function registerAndPromote(
  local: LocalEnvironment,
  baked: BakedImage[],
  print: (line: string) => void,
) {
  const { config, awsUrl } = local;
  const { ec2, settings } = makeClients(awsUrl, config.aws.region);
  const clients = { ec2, ssm: new SSMClient(settings) };
  for (const { image, rootfs, hash } of baked) {
    const definition = config.images[image];
    if (!definition) throw new Error(`There is no image ${image} in the config.`);
    const amiId = await registerImage(ec2, {
      name: `muster-${config.environment}-${image}-${hash}`,
      architecture: definition.architecture,
      rootfs,
      tags: toImageTags({
        environment: config.environment,
        image,
        contract: BOOT_CONTRACT,
        agents: definition.agents,
        commit: hash,
      }),
    });
    const { failures } = await promoteImage(clients, { config, image, amiId, print });
    if (failures.length > 0) throw new Error(failures.join('\n'));
  }
}

export async function bringUp(
  local: LocalEnvironment,
  baked: BakedImage[],
  { steps, print }: { steps: Steps; print: (line: string) => void },
): Promise<FleetTokens[]> {
  await steps.run('Register the image and promote it', () => registerAndPromote(local, baked, print));
  await steps.run('Deploy with cdktf, Terraform and the AWS provider', () =>
    operate(local, 'scripts/deploy.ts'),
  );
  const tokens = await steps.run('Store the tokens, as make secrets does', async () => {
    const stored = await distributeTokens(local);
    await local.cis.publish(stored);
    return stored;
  });
  if (local.config.githubEcs) {
    await steps.run("Build the image of GitHub's runners, and push it", () => makeRunnerImage(local, print));
  }
  return tokens;
}

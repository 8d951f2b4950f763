/** One Packer run on AWS: what is checked before, and the run. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { EC2Client } from '@aws-sdk/client-ec2';
import { $ } from 'zx';
import type { Config } from '../../config/schema';
import { type BaseImage, readBaseImage } from '../checks/read-base-image';
import type { Check } from '../checks/run-checks';
import { verifyBakeNetwork } from '../checks/verify-bake-network';
import { verifyPacker, verifyPackerPlugins } from '../checks/verify-packer';
import { verifyPins } from '../checks/verify-pins';
import { verifySharing } from '../checks/verify-sharing';
import { ExpectedError } from '../expected-error';
import { parseManifest } from '../packer-manifest';
import { toPackerVariables } from '../packer-variables';

export interface BakeRequest {
  config: Config;
  /** Key of `images` in the config. */
  image: string;
  /** What the image is baked from, for its tag. */
  commit: string;
  /** Variables of the operator: PINS, BUILDER_FROM, MUSTER_CONFIG_DIR. */
  variables: NodeJS.ProcessEnv;
  /** Aborts with the signal that ends this process, when one does. */
  stopped: AbortSignal;
}

export interface Bake {
  checks: Check[];
  /** After the checks have passed. @returns the id of the AMI. @throws ExpectedError when Packer failed */
  run: () => Promise<string>;
}

export function planBake(ec2: EC2Client, request: BakeRequest): Bake {
  const { config, image, commit, variables, stopped } = request;
  const definition = config.images[image];
  if (!definition) throw new Error(`image ${image} vanished`);
  const pinsOverride = variables.PINS ? resolve(variables.PINS) : '';
  const pins = ['provision/pins.env', ...(pinsOverride ? [pinsOverride] : [])];
  let base: BaseImage = { name: '', rootDevice: '' };
  return {
    checks: [
      { title: 'Network of the bake', verify: () => verifyBakeNetwork(ec2, config) },
      {
        title: 'Base image',
        verify: async () => {
          base = await readBaseImage(ec2, config, definition);
          return base.name;
        },
      },
      { title: 'Packer', verify: verifyPacker },
      { title: 'Packer plugins', verify: verifyPackerPlugins },
      { title: 'Pinned downloads', verify: async () => verifyPins(pins, definition) },
      { title: 'Sharing', verify: async () => verifySharing(config, image) },
      { title: 'Commit', verify: async () => commit },
    ],
    run: () => {
      const packerVariables = toPackerVariables({
        ...{ config, image, commit, base, pinsOverride },
        configDirectory: variables.MUSTER_CONFIG_DIR || 'config',
        builderSourceCidrs: variables.BUILDER_FROM?.split(',') ?? [],
      });
      const folder = resolve('.muster', 'bake', `${config.environment}-${image}`);
      return runPacker({ folder, packerVariables, region: config.aws.region, stopped });
    },
  };
}

interface PackerRun {
  folder: string;
  packerVariables: object;
  region: string;
  stopped: AbortSignal;
}

async function runPacker({ folder, packerVariables, region, stopped }: PackerRun): Promise<string> {
  mkdirSync(folder, { recursive: true });
  rmSync(`${folder}/packer-manifest.json`, { force: true });
  writeFileSync(`${folder}/variables.json`, `${JSON.stringify(packerVariables, null, 2)}\n`);
  // Packer writes its manifest to the directory that it runs in.
  const bake = $({
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
    nothrow: true,
  })`packer build -color=false -only=runner.amazon-ebs.aws -var-file=variables.json ${resolve('packer')}`;
  // Packer cleans up when it is interrupted, and gives up on that the second time: a terminal interrupts it itself.
  stopped.addEventListener('abort', () => {
    if (stopped.reason !== 'SIGINT') void bake.kill('SIGINT');
  });
  if ((await bake).exitCode !== 0) {
    throw new ExpectedError('The bake failed, so no image was made or promoted. What Packer said is above.');
  }
  return parseManifest(readFileSync(`${folder}/packer-manifest.json`, 'utf8'), region);
}

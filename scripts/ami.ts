/**
 * make ami ENV=dev IMAGE=runner: bakes an image on AWS and promotes it. PINS=file overrides provision/pins.env;
 * BUILDER_FROM=10.0.0.0/8 bakes without a public address, reached from that network.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { EC2Client } from '@aws-sdk/client-ec2';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { $ } from 'zx';
import { type BaseImage, readBaseImage } from './checks/read-base-image';
import { runChecks } from './checks/run-checks';
import { verifyAccount } from './checks/verify-account';
import { verifyBakeNetwork } from './checks/verify-bake-network';
import { verifyPacker, verifyPackerPlugins } from './checks/verify-packer';
import { verifyPins } from './checks/verify-pins';
import { ExpectedError } from './expected-error';
import { parseManifest } from './packer-manifest';
import { toPackerVariables } from './packer-variables';
import { promoteImage } from './promote-image';
import { readCommit } from './read-commit';
import { chooseImage, readChosenConfig } from './read-environment';
import { runScript } from './run-script';

runScript(async (environment) => {
  const config = readChosenConfig(environment);
  const image = chooseImage(config, environment.IMAGE);
  const definition = config.images[image];
  if (!definition) throw new Error(`image ${image} vanished`);
  const pinsOverride = environment.PINS ? resolve(environment.PINS) : '';
  const commit = await readCommit();
  const region = { region: config.aws.region };
  const clients = { ec2: new EC2Client(region), ssm: new SSMClient(region) };

  let base: BaseImage = { name: '', rootDevice: '' };
  await runChecks(
    [
      { title: 'AWS account', verify: () => verifyAccount(new STSClient(region), config) },
      { title: 'Network of the bake', verify: () => verifyBakeNetwork(clients.ec2, config) },
      {
        title: 'Base image',
        verify: async () => {
          base = await readBaseImage(clients.ec2, config, definition);
          return base.name;
        },
      },
      { title: 'Packer', verify: verifyPacker },
      { title: 'Packer plugins', verify: verifyPackerPlugins },
      {
        title: 'Pinned downloads',
        verify: async () =>
          verifyPins(['provision/pins.env', ...(pinsOverride ? [pinsOverride] : [])], definition),
      },
      { title: 'Commit', verify: async () => commit },
    ],
    console.log,
  );

  const folder = resolve('.muster', 'bake', `${config.environment}-${image}`);
  mkdirSync(folder, { recursive: true });
  rmSync(`${folder}/packer-manifest.json`, { force: true });
  const configDirectory = environment.MUSTER_CONFIG_DIR || 'config';
  const variables = toPackerVariables({
    ...{ config, image, commit, base, pinsOverride, configDirectory },
    builderSourceCidrs: environment.BUILDER_FROM?.split(',') ?? [],
  });
  writeFileSync(`${folder}/variables.json`, `${JSON.stringify(variables, null, 2)}\n`);

  // Packer writes its manifest to the directory that it runs in.
  const bake = await $({
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
    nothrow: true,
  })`packer build -color=false -only=runner.amazon-ebs.aws -var-file=variables.json ${resolve('packer')}`;
  if (bake.exitCode !== 0) {
    throw new ExpectedError('The bake failed, so no image was made or promoted. What Packer said is above.');
  }
  const amiId = parseManifest(readFileSync(`${folder}/packer-manifest.json`, 'utf8'), config.aws.region);
  await promoteImage(clients, { config, image, amiId, print: console.log });
  console.log(
    `Baked and promoted ${amiId} as ${image}. Roll back with: make promote AMI=<id of the image before>`,
  );
});

/**
 * make ami ENV=dev IMAGE=runner: bakes an image on AWS, proves it on a machine of its own, promotes it. PINS=file overrides
 * provision/pins.env; BUILDER_FROM=10.0.0.0/8 bakes without a public address, reached from that network.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { STSClient } from '@aws-sdk/client-sts';
import { verifyAccount } from './checks/verify-account';
import { createImageClients } from './image/clients';
import { renewImage } from './image/renew-image';
import { readCommit } from './read-commit';
import { chooseImage, readChosenConfig } from './read-environment';
import { runScript } from './run-script';
import { listenForStop } from './stop-signal';

runScript(async (variables) => {
  const config = readChosenConfig(variables);
  const image = chooseImage(config, variables.IMAGE);
  const { region } = config.aws;
  const amiId = await renewImage(
    createImageClients(region),
    {
      ...{ config, image, variables, proof: 'when-possible' },
      commit: variables.COMMIT || (await readCommit()),
      checks: [{ title: 'AWS account', verify: () => verifyAccount(new STSClient({ region }), config) }],
      stopped: listenForStop(),
    },
    { now: Date.now, sleep, print: console.log },
  );
  console.log(
    `Baked and promoted ${amiId} as ${image}. Roll back with: make rollback ENV=${config.environment} IMAGE=${image}`,
  );
});

/** make nightly ENV=dev [IMAGES=runner,other]: bakes, proves and promotes each image. What CodeBuild runs at night. */
import { setTimeout as sleep } from 'node:timers/promises';
import { STSClient } from '@aws-sdk/client-sts';
import { runChecks } from './checks/run-checks';
import { verifyAccount } from './checks/verify-account';
import { createImageClients } from './image/clients';
import { renewAll } from './image/renew-all';
import { renewImage } from './image/renew-image';
import { readCommit } from './read-commit';
import { chooseImages, readChosenConfig } from './read-environment';
import { runScript } from './run-script';
import { listenForStop } from './stop-signal';

runScript(async (variables) => {
  const config = readChosenConfig(variables);
  const images = chooseImages(config, variables.IMAGES);
  const { region } = config.aws;
  const account = { title: 'AWS account', verify: () => verifyAccount(new STSClient({ region }), config) };
  await runChecks([account], console.log);
  const commit = variables.COMMIT || (await readCommit());
  const stopped = listenForStop();
  const clients = createImageClients(region);
  const pace = { now: Date.now, sleep, print: console.log };
  await renewAll({
    images,
    renew: (image) =>
      renewImage(
        clients,
        { ...{ config, image, variables, commit, stopped }, checks: [], proof: 'required' },
        pace,
      ),
    stopped,
    print: console.log,
  });
});

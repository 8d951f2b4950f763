/**
 * make runner-image ENV=dev: builds the image of GitHub's runners with Docker or Podman (BUILDER=podman), pushes it to ECR and
 * promotes it. VERSION=… promotes one that is there, ROLLBACK=1 the one before. BASE_IMAGE=… starts from another base,
 * PINS=file overrides provision/pins.env, BUILD_OPTIONS=… are words for the builder.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { STSClient } from '@aws-sdk/client-sts';
import { verifyAccount } from './checks/verify-account';
import { ExpectedError } from './expected-error';
import { readCommit } from './read-commit';
import { chooseGithubEcs, readChosenConfig } from './read-environment';
import { runScript } from './run-script';
import { createRunnerImageClients } from './runner-image/clients';
import { getText } from './runner-image/get-text';
import { promoteChosenRunner } from './runner-image/promote-chosen';
import { renewRunnerImage } from './runner-image/renew-runner-image';
import { tidyRevisions } from './runner-image/tidy-revisions';
import { listenForStop } from './stop-signal';

runScript(async (variables) => {
  const config = readChosenConfig(variables);
  const githubEcs = chooseGithubEcs(config);
  const { environment, aws } = config;
  const { VERSION, ROLLBACK } = variables;
  if (VERSION && ROLLBACK)
    throw new ExpectedError('VERSION= names an image and ROLLBACK=1 another: give one.');
  const clients = createRunnerImageClients(aws.region);
  const sts = new STSClient({ region: aws.region });
  const checks = [{ title: 'AWS account', verify: () => verifyAccount(sts, config) }];

  if (VERSION || ROLLBACK) {
    const chosen = { config, version: VERSION, checks, print: console.log };
    const { digest, tag } = await promoteChosenRunner(clients, chosen);
    await tidyRevisions(clients.ecs, config);
    console.log(`Promoted ${digest} (${tag || 'without a tag'}): the next runner starts from it.`);
    return;
  }
  const { digest, tag, warning } = await renewRunnerImage(
    clients,
    {
      ...{ config, githubEcs, variables, checks, get: getText, stopped: listenForStop() },
      commit: variables.COMMIT || (await readCommit()),
    },
    { now: Date.now, sleep, print: console.log },
  );
  await tidyRevisions(clients.ecs, config);
  console.log(
    `Built and promoted ${tag} (${digest}). Roll back with: make runner-image ENV=${environment} ROLLBACK=1`,
  );
  if (warning) console.log(warning);
});

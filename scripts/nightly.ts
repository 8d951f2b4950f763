/** make nightly ENV=dev [IMAGES=runner,githubEcs]: renews each image, the container image of GitHub's runners too. What CodeBuild runs. */
import { setTimeout as sleep } from 'node:timers/promises';
import { STSClient } from '@aws-sdk/client-sts';
import { runChecks } from './checks/run-checks';
import { verifyAccount } from './checks/verify-account';
import { createImageClients } from './image/clients';
import { IncompletePromotion } from './image/incomplete-promotion';
import { renewAll } from './image/renew-all';
import { renewImage } from './image/renew-image';
import { readCommit } from './read-commit';
import { chooseGithubEcs, chooseImages, RUNNER_IMAGE, readChosenConfig } from './read-environment';
import { runScript } from './run-script';
import { createRunnerImageClients } from './runner-image/clients';
import { getText } from './runner-image/get-text';
import { renewRunnerImage } from './runner-image/renew-runner-image';
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
  const renewRunner = async () => {
    const renewal = { config, githubEcs: chooseGithubEcs(config), variables, commit, stopped, checks: [] };
    const runner = { ...renewal, get: getText };
    const { tag, digest, warning } = await renewRunnerImage(createRunnerImageClients(region), runner, pace);
    // Nobody reads the log of a night that went well.
    if (warning) {
      const again = `make runner-image ENV=${config.environment}`;
      throw new IncompletePromotion({ promoted: tag, failures: [warning], again });
    }
    return `${tag}, ${digest}`;
  };
  await renewAll({
    images,
    renew: (image) =>
      image === RUNNER_IMAGE
        ? renewRunner()
        : renewImage(
            clients,
            { ...{ config, image, variables, commit, stopped }, checks: [], proof: 'required' },
            pace,
          ),
    stopped,
    print: console.log,
  });
});

/** make deploy ENV=dev: creates or changes the fleets. Asks before it changes anything; APPROVE=dev where nobody can be asked. */
import { setTimeout as sleep } from 'node:timers/promises';
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { verifyApproval } from './approval';
import { askerOf } from './ask';
import { listDeployChecks } from './checks/list-deploy-checks';
import { runChecks } from './checks/run-checks';
import { detachHosts } from './detach-hosts';
import { ExpectedError } from './expected-error';
import { verifyRemovedFleets } from './fleet/verify-removed-fleets';
import { publishHooks } from './publish-hooks';
import { readEmptySecrets } from './read-empty-secrets';
import { readChosenConfig } from './read-environment';
import { runCdktf } from './run-cdktf';
import { runScript } from './run-script';
import { createRunnerImageClients } from './runner-image/clients';
import { followRunnerImage } from './runner-image/follow-runner-image';
import { deregisterForgotten } from './runner-image/tidy-revisions';

runScript(async (variables) => {
  const config = readChosenConfig(variables);
  const { environment } = config;
  const approval = { title: 'Approval', verify: async () => toApproval(environment, variables.APPROVE) };
  const region = { region: config.aws.region };
  const autoScaling = new AutoScalingClient(region);
  const removed = {
    title: 'Fleets to be removed',
    verify: () => verifyRemovedFleets(autoScaling, config),
  };
  await runChecks([...listDeployChecks(config), removed, approval], console.log);
  const pace = { now: Date.now, sleep, print: console.log };
  const runnerImage = createRunnerImageClients(config.aws.region);
  const approve = (what: string) =>
    verifyApproval({
      ...{ what, environment, given: variables.APPROVE },
      ask: askerOf(process.stdin, process.stdout),
    });
  await detachHosts(runnerImage.ecs, config, { ...pace, approve });
  const flags = variables.APPROVE ? ['--auto-approve'] : [];
  await runCdktf({ command: 'deploy', environment, variables, flags });

  await publishHooks(autoScaling, config, pace);

  const commands = await readEmptySecrets(new SecretsManagerClient(region), config);
  if (commands.length > 0) {
    console.log(`\nThese tokens are still missing:\n${commands.map((command) => `  ${command}`).join('\n')}`);
  }
  if (config.githubEcs) {
    const missing = await followRunnerImage(runnerImage, config, console.log);
    if (missing) console.log(`\nThe image of GitHub's runners is still missing:\n  ${missing}`);
  } else {
    await deregisterForgotten(runnerImage.ecs, environment);
  }
});

/** At a terminal cdktf shows the changes and asks; elsewhere the approval has to be there before. */
function toApproval(environment: string, given: string | undefined): string {
  if (given === environment) return `given for ${environment}`;
  if (!given && process.stdin.isTTY) return 'cdktf will ask';
  throw new ExpectedError(
    `${given ? `APPROVE=${given} does not name this environment` : 'There is no terminal to ask for approval'}. APPROVE=${environment} approves without asking; make diff ENV=${environment} shows the changes before.`,
  );
}

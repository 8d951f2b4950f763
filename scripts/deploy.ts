/** make deploy ENV=dev: creates or changes the fleets. Asks before it changes anything; APPROVE=dev where nobody can be asked. */
import { setTimeout as sleep } from 'node:timers/promises';
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { listDeployChecks } from './checks/list-deploy-checks';
import { runChecks } from './checks/run-checks';
import { ExpectedError } from './expected-error';
import { verifyRemovedFleets } from './fleet/verify-removed-fleets';
import { publishHooks } from './publish-hooks';
import { readEmptySecrets } from './read-empty-secrets';
import { readChosenConfig } from './read-environment';
import { runCdktf } from './run-cdktf';
import { runScript } from './run-script';
import { createRunnerImageClients } from './runner-image/clients';
import { followRunnerImage } from './runner-image/follow-runner-image';

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
  const flags = variables.APPROVE ? ['--auto-approve'] : [];
  await runCdktf({ command: 'deploy', environment, variables, flags });

  await publishHooks(autoScaling, config, { now: Date.now, sleep, print: console.log });

  const commands = await readEmptySecrets(new SecretsManagerClient(region), config);
  if (commands.length > 0) {
    console.log(`\nThese tokens are still missing:\n${commands.map((command) => `  ${command}`).join('\n')}`);
  }
  if (config.githubEcs) {
    const missing = await followRunnerImage(createRunnerImageClients(config.aws.region), config, console.log);
    if (missing) console.log(`\nThe image of GitHub's runners is still missing:\n  ${missing}`);
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

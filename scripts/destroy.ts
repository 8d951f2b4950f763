/** make destroy ENV=dev: drains the fleets and the runners of GitHub, then removes everything. Asks first; APPROVE=dev where nobody can be asked. */
import { setTimeout as sleep } from 'node:timers/promises';
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { ECSClient } from '@aws-sdk/client-ecs';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { verifyApproval } from './approval';
import { askerOf } from './ask';
import { runChecks } from './checks/run-checks';
import { verifyAccount } from './checks/verify-account';
import { verifyTerraform } from './checks/verify-terraform';
import { drainFleets } from './drain-fleets';
import { closeRunners, drainRunners } from './drain-runners';
import { verifyNoneHeld } from './fleet/verify-none-held';
import { readChosenConfig } from './read-environment';
import { runCdktf } from './run-cdktf';
import { runScript } from './run-script';
import { deregisterAll } from './runner-image/tidy-revisions';

runScript(async (variables) => {
  const config = readChosenConfig(variables);
  const { environment, aws } = config;
  const region = { region: aws.region };
  const autoScaling = new AutoScalingClient(region);
  await runChecks(
    [
      { title: 'AWS account', verify: () => verifyAccount(new STSClient(region), config) },
      { title: 'Terraform', verify: verifyTerraform },
      { title: 'Held instances', verify: () => verifyNoneHeld(autoScaling, config) },
    ],
    console.log,
  );
  await verifyApproval({
    what: `Everything of ${environment} in account ${aws.accountId} will be drained and removed, tokens included.`,
    environment,
    given: variables.APPROVE,
    ask: askerOf(process.stdin, process.stdout),
  });
  console.log(
    `Draining. Ctrl-C stops the waiting; nothing is destroyed then, and make deploy ENV=${environment} opens all of it again.`,
  );
  const pace = { now: Date.now, sleep, print: console.log };
  const clients = {
    ecs: new ECSClient(region),
    secrets: new SecretsManagerClient(region),
    ssm: new SSMClient(region),
  };
  // First, so that runners end while the fleets do.
  const wasOpen = await closeRunners(clients.ssm, config);
  await drainFleets(autoScaling, config, pace);
  await drainRunners(clients, config, pace, wasOpen);
  await runCdktf({ command: 'destroy', environment, variables, flags: ['--auto-approve'] });
  // Terraform removes no task definition: stacks/github-ecs/repository-runners.ts.
  if (config.githubEcs) await deregisterAll(clients.ecs, environment);
});

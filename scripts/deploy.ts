/** make deploy ENV=dev: creates or changes the fleets. Asks before it changes anything; APPROVE=dev where nobody can be asked. */
import { EC2Client } from '@aws-sdk/client-ec2';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { runChecks } from './checks/run-checks';
import { verifyAccount } from './checks/verify-account';
import { verifyPromotedImages } from './checks/verify-promoted-images';
import { verifyTerraform } from './checks/verify-terraform';
import { ExpectedError } from './expected-error';
import { readEmptySecrets } from './read-empty-secrets';
import { readChosenConfig } from './read-environment';
import { runCdktf } from './run-cdktf';
import { runScript } from './run-script';

runScript(async (variables) => {
  const config = readChosenConfig(variables);
  const { environment } = config;
  const region = { region: config.aws.region };
  const clients = { ec2: new EC2Client(region), ssm: new SSMClient(region) };
  await runChecks(
    [
      { title: 'AWS account', verify: () => verifyAccount(new STSClient(region), config) },
      { title: 'Terraform', verify: verifyTerraform },
      { title: 'Images', verify: () => verifyPromotedImages(clients, config) },
      { title: 'Approval', verify: async () => toApproval(environment, variables.APPROVE) },
    ],
    console.log,
  );
  const flags = variables.APPROVE ? ['--auto-approve'] : [];
  await runCdktf({ command: 'deploy', environment, variables, flags });

  const commands = await readEmptySecrets(new SecretsManagerClient(region), config);
  if (commands.length > 0) {
    console.log(`\nThese tokens are still missing:\n${commands.map((command) => `  ${command}`).join('\n')}`);
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

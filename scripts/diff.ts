/** make diff ENV=dev: what a deploy would change. Changes nothing. */
import { EC2Client } from '@aws-sdk/client-ec2';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { runChecks } from './checks/run-checks';
import { verifyAccount } from './checks/verify-account';
import { verifyPromotedImages } from './checks/verify-promoted-images';
import { verifyTerraform } from './checks/verify-terraform';
import { readChosenConfig } from './read-environment';
import { runCdktf } from './run-cdktf';
import { runScript } from './run-script';

runScript(async (variables) => {
  const config = readChosenConfig(variables);
  const region = { region: config.aws.region };
  const clients = { ec2: new EC2Client(region), ssm: new SSMClient(region) };
  await runChecks(
    [
      { title: 'AWS account', verify: () => verifyAccount(new STSClient(region), config) },
      { title: 'Terraform', verify: verifyTerraform },
      { title: 'Images', verify: () => verifyPromotedImages(clients, config) },
    ],
    console.log,
  );
  await runCdktf({ command: 'diff', environment: config.environment, variables });
});

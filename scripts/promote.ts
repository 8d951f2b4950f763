/** make promote ENV=dev IMAGE=runner AMI=ami-…: make an AMI the current one; the previous one to roll back. */
import { EC2Client } from '@aws-sdk/client-ec2';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { runChecks } from './checks/run-checks';
import { verifyAccount } from './checks/verify-account';
import { verifyAmi } from './checks/verify-ami';
import { ExpectedError } from './expected-error';
import { promoteImage } from './promote-image';
import { chooseImage, readChosenConfig } from './read-environment';
import { runScript } from './run-script';

runScript(async (environment) => {
  const config = readChosenConfig(environment);
  const image = chooseImage(config, environment.IMAGE);
  const amiId = environment.AMI ?? '';
  if (!/^ami-[0-9a-f]+$/.test(amiId)) {
    throw new ExpectedError(
      `AMI=${JSON.stringify(amiId)} is no id of an image. Use AMI=ami-…; those promoted before are in the history of the SSM parameter /muster/${config.environment}/image/${image}.`,
    );
  }
  const region = { region: config.aws.region };
  const clients = { ec2: new EC2Client(region), ssm: new SSMClient(region) };
  await runChecks(
    [
      { title: 'AWS account', verify: () => verifyAccount(new STSClient(region), config) },
      { title: `Image ${image}`, verify: () => verifyAmi(clients.ec2, config, image, amiId) },
    ],
    console.log,
  );
  await promoteImage(clients, { config, image, amiId, print: console.log });
});

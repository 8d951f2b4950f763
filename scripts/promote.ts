/** make promote ENV=dev IMAGE=runner VERSION=20261121-031502 (or AMI=ami-…): makes an image that exists the current one. */
import { setTimeout as sleep } from 'node:timers/promises';
import { STSClient } from '@aws-sdk/client-sts';
import { readAmis } from '../lambda/housekeeper/images/read-amis';
import { runChecks } from './checks/run-checks';
import { verifyAccount } from './checks/verify-account';
import { verifyAmi } from './checks/verify-ami';
import { createImageClients } from './image/clients';
import { publishImage } from './image/publish-image';
import { chooseVersion } from './image/version';
import { chooseImage, readChosenConfig } from './read-environment';
import { runScript } from './run-script';

runScript(async (variables) => {
  const config = readChosenConfig(variables);
  const image = chooseImage(config, variables.IMAGE);
  const { environment, aws } = config;
  const clients = createImageClients(aws.region);
  const ec2 = clients.ec2(aws.region);
  let amiId = '';
  await runChecks(
    [
      { title: 'AWS account', verify: () => verifyAccount(new STSClient({ region: aws.region }), config) },
      {
        title: `Image ${image}`,
        verify: async () => {
          const amis = await readAmis(ec2, aws.region);
          amiId = chooseVersion({ environment, image, amis }, variables.VERSION || variables.AMI || '');
          return verifyAmi(ec2, config, image, amiId);
        },
      },
    ],
    console.log,
  );
  await publishImage(clients, { config, image, amiId }, { now: Date.now, sleep, print: console.log });
});

/** make rollback ENV=dev IMAGE=runner: makes the image current that was promoted before; twice is back again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { STSClient } from '@aws-sdk/client-sts';
import { imageParameter } from '../config/names';
import { readAmis } from '../lambda/housekeeper/images/read-amis';
import { readPromotedAmis } from '../lambda/housekeeper/images/read-promotions';
import { runChecks } from './checks/run-checks';
import { verifyAccount } from './checks/verify-account';
import { verifyAmi } from './checks/verify-ami';
import { chooseRollback } from './image/choose-rollback';
import { createImageClients } from './image/clients';
import { publishImage } from './image/publish-image';
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
        title: `Image ${image} before`,
        verify: async () => {
          const amis = await readAmis(ec2, aws.region);
          const promoted = await readPromotedAmis(clients.ssm, imageParameter(environment, image));
          const { from, to } = chooseRollback({ environment, image, amis }, promoted);
          amiId = await verifyAmi(ec2, config, image, to);
          return `from ${from} back to ${to}`;
        },
      },
    ],
    console.log,
  );
  await publishImage(clients, { config, image, amiId }, { now: Date.now, sleep, print: console.log });
});

/** What promote and rollback are: choose an AMI that exists, check that it will do, promote it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { STSClient } from '@aws-sdk/client-sts';
import type { Config } from '../../config/schema';
import { readAmis } from '../../lambda/housekeeper/images/read-amis';
import { runChecks } from '../checks/run-checks';
import { verifyAccount } from '../checks/verify-account';
import { verifyAmi } from '../checks/verify-ami';
import { chooseImage, readChosenConfig } from '../read-environment';
import { createImageClients, type ImageClients } from './clients';
import { publishImage } from './publish-image';
import type { Versions } from './version';

export interface Chosen {
  amiId: string;
  /** What was found, for the operator. */
  found: string;
}

/** @param choose the AMI that is meant. Throws ExpectedError when there is none. */
export async function promoteChosen(
  variables: NodeJS.ProcessEnv,
  choose: (versions: Versions, clients: ImageClients, config: Config) => Promise<Chosen>,
): Promise<void> {
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
          const chosen = await choose({ environment, image, amis }, clients, config);
          amiId = await verifyAmi(ec2, config, image, chosen.amiId);
          return chosen.found;
        },
      },
    ],
    console.log,
  );
  await publishImage(clients, { config, image, amiId }, { now: Date.now, sleep, print: console.log });
}

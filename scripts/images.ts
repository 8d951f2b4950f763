/** make images ENV=dev [IMAGE=runner]: the versions of each image, and why each stays. Changes nothing. */
import { STSClient } from '@aws-sdk/client-sts';
import { chooseImages } from '../lambda/housekeeper/core/choose-images';
import { runChecks } from './checks/run-checks';
import { verifyAccount } from './checks/verify-account';
import { createImageClients } from './image/clients';
import { readImage } from './image/read-image';
import { toTable } from './image/to-table';
import { chooseImage, readChosenConfig } from './read-environment';
import { runScript } from './run-script';

runScript(async (variables) => {
  const config = readChosenConfig(variables);
  const images = variables.IMAGE ? [chooseImage(config, variables.IMAGE)] : Object.keys(config.images);
  const clients = createImageClients(config.aws.region);
  const sts = new STSClient({ region: config.aws.region });
  await runChecks([{ title: 'AWS account', verify: () => verifyAccount(sts, config) }], console.log);
  for (const image of images) {
    const { settings, inventory } = await readImage(clients, config, image);
    const choice = chooseImages({ inventory, now: Date.now(), keep: settings.keep });
    console.log(`\n${image}: the newest ${settings.keep} stay, and all that is in use`);
    for (const line of toTable(inventory, choice)) console.log(`  ${line}`);
    for (const problem of inventory.unread) console.log(`  not read: ${problem}`);
  }
});

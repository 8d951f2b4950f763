/** make status ENV=dev [FLEET=linux]: what each fleet has, what its queue wants, and what the scaler says of it. Changes nothing. */

import { chooseFleet } from './fleet/choose-fleet';
import { prepare } from './fleet/prepare';
import { readStatus } from './fleet/read-status';
import { showStatus } from './fleet/show-status';
import { createImageClients } from './image/clients';
import { runScript } from './run-script';

runScript(async (variables) => {
  const config = await prepare(variables);
  const names = variables.FLEET
    ? [chooseFleet(config, variables.FLEET).name]
    : config.fleets.map(({ name }) => name);
  const { autoScaling, logs, ec2 } = createImageClients(config.aws.region);
  const clients = { autoScaling, logs, ec2: ec2(config.aws.region) };
  const now = Date.now();
  console.log(showStatus(await readStatus(clients, config, { names, now }), now).join('\n'));
});

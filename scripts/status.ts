/**
 * make status ENV=dev [FLEET=linux]: what each fleet has, what its queue wants, and what the scaler says of it; and what
 * runs for GitHub's workflows. Changes nothing.
 */

import { ECSClient } from '@aws-sdk/client-ecs';
import { chooseFleet } from './fleet/choose-fleet';
import { prepare } from './fleet/prepare';
import { readRunners } from './fleet/read-runners';
import { readStatus } from './fleet/read-status';
import { showRunners } from './fleet/show-runners';
import { showStatus } from './fleet/show-status';
import { createImageClients } from './image/clients';
import { runScript } from './run-script';

runScript(async (variables) => {
  const config = await prepare(variables);
  const { FLEET: fleet } = variables;
  const names = fleet ? [chooseFleet(config, fleet).name] : config.fleets.map(({ name }) => name);
  const { region } = config.aws;
  const { autoScaling, logs, ec2 } = createImageClients(region);
  const now = Date.now();
  const parts: string[][] = [];
  if (names.length > 0) {
    const clients = { autoScaling, logs, ec2: ec2(region) };
    parts.push(showStatus(await readStatus(clients, config, { names, now }), now));
  }
  if (config.githubEcs && !fleet) {
    const clients = { autoScaling, ecs: new ECSClient({ region }) };
    parts.push(showRunners(await readRunners(clients, config, config.githubEcs), now));
  }
  console.log(parts.map((lines) => lines.join('\n')).join('\n\n'));
});

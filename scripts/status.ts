/**
 * make status ENV=dev [FLEET=linux] [SAVINGS_DAYS=7]: what each fleet has, what its queue wants, and what the scaler says of
 * it; what it saved against instances that always run (0 days: leaves that out); and what runs for GitHub's workflows.
 * Changes nothing.
 */

import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { ECSClient } from '@aws-sdk/client-ecs';
import type { Config } from '../config/schema';
import { ExpectedError } from './expected-error';
import { chooseFleet } from './fleet/choose-fleet';
import { prepare } from './fleet/prepare';
import { readRunners } from './fleet/read-runners';
import { readStatus } from './fleet/read-status';
import { showRunners } from './fleet/show-runners';
import { showStatus } from './fleet/show-status';
import { createImageClients } from './image/clients';
import { runScript, toReport } from './run-script';
import { type Period, toPeriod } from './savings/period';
import { readDays, readSavings } from './savings/read-savings';
import { showSavings } from './savings/show-savings';

runScript(async (variables) => {
  const days = readDays(variables);
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
    if (days > 0) parts.push(await showSaved(config, names, toPeriod(now, days)));
  }
  if (config.githubEcs && !fleet) {
    const clients = { autoScaling, ecs: new ECSClient({ region }) };
    parts.push(showRunners(await readRunners(clients, config, config.githubEcs), now));
  }
  console.log(
    parts
      .filter((lines) => lines.length > 0)
      .map((lines) => lines.join('\n'))
      .join('\n\n'),
  );
});

/** The fleets are what matters: that nothing can be said of savings is said in their place. */
async function showSaved(config: Config, names: readonly string[], period: Period): Promise<string[]> {
  try {
    const cloudWatch = new CloudWatchClient({ region: config.aws.region });
    return showSavings(await readSavings(cloudWatch, config, { names, period }), config, period);
  } catch (error) {
    const isAnswer = error instanceof ExpectedError || (error instanceof Error && '$metadata' in error);
    if (!isAnswer) throw error;
    return [`Saved: unknown. ${toReport(error)}`];
  }
}

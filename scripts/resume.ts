/** make resume ENV=dev FLEET=linux: lets a paused fleet follow its queue again. */
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { chooseFleet } from './fleet/choose-fleet';
import { resumeFleet } from './fleet/pause-fleet';
import { prepare } from './fleet/prepare';
import { runScript } from './run-script';

runScript(async (variables) => {
  const config = await prepare(variables);
  const { name } = chooseFleet(config, variables.FLEET);
  const autoScaling = new AutoScalingClient({ region: config.aws.region });
  await resumeFleet({ autoScaling, print: console.log }, config, name);
});

/** make pause ENV=dev FLEET=linux: closes a fleet until make resume; running jobs finish. */
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { chooseFleet } from './fleet/choose-fleet';
import { pauseFleet } from './fleet/pause-fleet';
import { prepare } from './fleet/prepare';
import { runScript } from './run-script';

runScript(async (variables) => {
  const config = await prepare(variables);
  const { name } = chooseFleet(config, variables.FLEET);
  const autoScaling = new AutoScalingClient({ region: config.aws.region });
  await pauseFleet({ autoScaling, now: Date.now, print: console.log }, config, name);
});

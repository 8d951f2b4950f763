/** make release ENV=dev INSTANCE=i-…: lets a held instance go; it leaves. */
import { setTimeout as sleep } from 'node:timers/promises';
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { prepare } from './fleet/prepare';
import { releaseInstance } from './fleet/release-instance';
import { runScript } from './run-script';

runScript(async (variables) => {
  const config = await prepare(variables);
  const autoScaling = new AutoScalingClient({ region: config.aws.region });
  const pace = { now: Date.now, sleep, print: console.log };
  await releaseInstance({ autoScaling, ...pace }, config, variables.INSTANCE);
});

/** make hold ENV=dev INSTANCE=i-…: takes an instance out of service for a look at it; nothing ends it until make release. */
import { setTimeout as sleep } from 'node:timers/promises';
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import { holdInstance } from './fleet/hold-instance';
import { prepare } from './fleet/prepare';
import { runScript } from './run-script';

runScript(async (variables) => {
  const config = await prepare(variables);
  const region = { region: config.aws.region };
  const clients = { autoScaling: new AutoScalingClient(region), ec2: new EC2Client(region) };
  const pace = { now: Date.now, sleep, print: console.log };
  await holdInstance({ ...clients, ...pace }, config, variables.INSTANCE);
});

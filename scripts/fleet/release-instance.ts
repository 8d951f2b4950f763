import { type AutoScalingClient, ExitStandbyCommand } from '@aws-sdk/client-auto-scaling';
import type { Config } from '../../config/schema';
import { ExpectedError } from '../expected-error';
import type { Pace } from '../pace';
import { type Found, findInstance } from './find-instance';
import { readGroup } from './read-group';

type Ports = { autoScaling: AutoScalingClient } & Pace;

const LOOK_EVERY_MS = 5_000;
const TELL_EVERY_MS = 60_000;
/** Instances of a full fleet leave after their job; who releases one can come back later. */
const PATIENCE_MS = 10 * 60_000;

/** Gives a held instance back to its group, from which it then leaves. Waits while the fleet is full. Harmless twice. */
export async function releaseInstance(
  ports: Ports,
  config: Config,
  named: string | undefined,
): Promise<void> {
  const found = await findInstance(ports.autoScaling, config, named);
  const { id, fleet, state } = found;
  if (state === 'EnteringStandby')
    throw new ExpectedError(`${id} is on its way into standby. Run the same again in a minute.`);
  if (state !== 'Standby') return ports.print(`${id} of fleet ${fleet} is not held: it is ${state}.`);
  await waitForRoom(ports, config, found);
  await ports.autoScaling.send(
    new ExitStandbyCommand({ AutoScalingGroupName: found.group, InstanceIds: [id] }),
  );
  ports.print(`${id} of fleet ${fleet} is released. It takes no job again: it leaves now, by itself.`);
}

/** AWS counts a released instance in desired, which has to stay within MaxSize. */
async function waitForRoom(
  { autoScaling, now, sleep, print }: Ports,
  config: Config,
  { id, fleet, group }: Found,
): Promise<void> {
  const deadline = now() + PATIENCE_MS;
  for (let told = Number.NEGATIVE_INFINITY; ; await sleep(LOOK_EVERY_MS)) {
    const { DesiredCapacity = 0, MaxSize = 0 } = await readGroup(autoScaling, config, fleet);
    if (DesiredCapacity < MaxSize) return;
    const full = `Fleet ${fleet} is full (desired ${DesiredCapacity}, MaxSize ${MaxSize}): AWS takes ${id} back when there is room for it.`;
    if (MaxSize === 0 || now() >= deadline) {
      const cause =
        MaxSize === 0 ? 'Something destroys this fleet, or closed it for good.' : 'None has left.';
      throw new ExpectedError(
        `${full} ${cause}\nNothing was changed. Make room, which the next deploy takes back, and run the same again:\n  aws autoscaling update-auto-scaling-group --region ${config.aws.region} --auto-scaling-group-name ${group} --max-size ${MaxSize + 1}`,
      );
    }
    if (now() - told < TELL_EVERY_MS) continue;
    print(`${full} Waiting.`);
    told = now();
  }
}

import { type AutoScalingClient, EnterStandbyCommand } from '@aws-sdk/client-auto-scaling';
import { CreateTagsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import type { Config } from '../../config/schema';
import { readInstances } from '../../lambda/housekeeper/read-instances';
import { HELD_TAG } from '../../lambda/housekeeper/settings';
import { ExpectedError } from '../expected-error';
import type { Pace } from '../pace';
import { type Found, findInstance } from './find-instance';
import { readGroup } from './read-group';

type Ports = { autoScaling: AutoScalingClient; ec2: EC2Client } & Pace;

const LOOK_EVERY_MS = 2_000;
/** AWS moves an instance into standby within seconds: no load balancer has to let go of it. */
const PATIENCE_MS = 60_000;

/**
 * Takes an instance out of service without ending it: it finishes its job, takes no more and is not counted, so that the
 * scaler launches another in its place when jobs wait. Harmless twice.
 */
export async function holdInstance(ports: Ports, config: Config, named: string | undefined): Promise<void> {
  const { autoScaling, ec2, now, print } = ports;
  const found = await findInstance(autoScaling, config, named);
  if (found.state === 'InService') await enterStandby(ports, config, found);
  else if (!/^(Entering)?Standby$/.test(found.state))
    throw new ExpectedError(
      `${found.id} of fleet ${found.fleet} is ${found.state}: only an instance that is InService can be held. ${found.state.startsWith('Terminat') ? 'It ends; its journal is in the log group of its fleet.' : 'Try again when it is.'}`,
    );
  const before = (await readInstances(ec2, [found.id])).get(found.id)?.Tags;
  const since = before?.find(({ Key }) => Key === HELD_TAG)?.Value ?? new Date(now()).toISOString();
  // EC2 writes it for the reminders: Auto Scaling's activities of a busy fleet scroll away.
  await ec2.send(new CreateTagsCommand({ Resources: [found.id], Tags: [{ Key: HELD_TAG, Value: since }] }));
  print(
    `${found.id} of fleet ${found.fleet} is held since ${since}. It takes no more jobs and is not ended.`,
  );
  if (found.isProtected) print('It is protected from scale-in, so it may run a job: that finishes first.');
  print(`A shell: aws ssm start-session --region ${config.aws.region} --target ${found.id}`);
  print(`To end that: make release ENV=${config.environment} INSTANCE=${found.id}; it leaves then.`);
}

async function enterStandby(
  { autoScaling, now, sleep }: Ports,
  config: Config,
  { id, fleet, group }: Found,
): Promise<void> {
  const { DesiredCapacity = 0, MinSize = 0 } = await readGroup(autoScaling, config, fleet);
  await autoScaling.send(
    new EnterStandbyCommand({
      AutoScalingGroupName: group,
      InstanceIds: [id],
      // At the minimum AWS refuses that; and a group that wants no more than it has launches nothing either.
      ShouldDecrementDesiredCapacity: DesiredCapacity > MinSize,
    }),
  );
  const deadline = now() + PATIENCE_MS;
  for (;;) {
    const { state } = await findInstance(autoScaling, config, id);
    if (state === 'Standby') return;
    if (state !== 'EnteringStandby' && state !== 'InService')
      throw new ExpectedError(`${id} is ${state} now: somebody else wanted something else of it.`);
    if (now() >= deadline)
      throw new ExpectedError(
        `${id} is still ${state} after ${PATIENCE_MS / 1000} s. Run the same again: make hold ENV=${config.environment} INSTANCE=${id}`,
      );
    await sleep(LOOK_EVERY_MS);
  }
}

import {
  type AutoScalingClient,
  CreateOrUpdateTagsCommand,
  DeleteTagsCommand,
  SetDesiredCapacityCommand,
} from '@aws-sdk/client-auto-scaling';
import type { Config } from '../../config/schema';
import { tagOf } from '../../lambda/housekeeper/groups/read-groups';
import { PAUSED_TAG } from '../../lambda/scaler/settings';
import type { Pace } from '../pace';
import { readGroup } from './read-group';

type Ports = { autoScaling: AutoScalingClient } & Pick<Pace, 'now' | 'print'>;

/** Closes a fleet until it is resumed: idle instances leave, busy ones after their job. Harmless twice. */
export async function pauseFleet(
  { autoScaling, now, print }: Ports,
  config: Config,
  fleet: string,
): Promise<void> {
  const group = await readGroup(autoScaling, config, fleet);
  const before = tagOf(group, PAUSED_TAG);
  const since = before || new Date(now()).toISOString();
  if (!before)
    await autoScaling.send(
      new CreateOrUpdateTagsCommand({
        Tags: [{ ...toTag(group.name), Value: since, PropagateAtLaunch: false }],
      }),
    );
  const least = group.MinSize ?? 0;
  // After the tag: the scaler, which would grow the fleet again, does the same by itself. This is at once, and without it.
  if ((group.DesiredCapacity ?? 0) > least)
    await autoScaling.send(
      new SetDesiredCapacityCommand({
        AutoScalingGroupName: group.name,
        DesiredCapacity: least,
        HonorCooldown: false,
      }),
    );
  const here = (group.Instances ?? []).filter(({ LifecycleState }) =>
    /^(InService|Pending)/.test(LifecycleState ?? ''),
  ).length;
  print(`Fleet ${fleet} is paused since ${since}: it launches nothing, and jobs wait at the CI.`);
  if (here > 0)
    print(`${here} instances are there still, and leave: idle ones soon, busy ones after their job.`);
  print(`To end that: make resume ENV=${config.environment} FLEET=${fleet}`);
}

/** Harmless where the fleet is not paused. */
export async function resumeFleet(
  { autoScaling, print }: Omit<Ports, 'now'>,
  config: Config,
  fleet: string,
): Promise<void> {
  const group = await readGroup(autoScaling, config, fleet);
  const since = tagOf(group, PAUSED_TAG);
  if (since === undefined) return print(`Fleet ${fleet} is not paused.`);
  await autoScaling.send(new DeleteTagsCommand({ Tags: [toTag(group.name)] }));
  print(
    `Fleet ${fleet} was paused since ${since || 'nobody knows when'} and follows its queue again, within ${config.scaler.pollSeconds} s.`,
  );
}

const toTag = (group: string) => ({
  ResourceType: 'auto-scaling-group',
  ResourceId: group,
  Key: PAUSED_TAG,
});

/** Closes the fleets of an environment and waits until their instances have finished their jobs and left. */
import {
  type AutoScalingClient,
  type AutoScalingGroup,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { DRAIN_MARGIN_MINUTES } from '../config/drain-margin';
import { groupName } from '../config/names';
import type { Config, FleetConfig } from '../config/schema';
import { readGroups } from '../lambda/housekeeper/groups/read-groups';
import { ExpectedError } from './expected-error';
import type { Pace } from './pace';

const LOOK_EVERY_MS = 5_000;
const TELL_EVERY_MS = 60_000;

/** @throws ExpectedError when instances are still there after the longest job could have ended */
export async function drainFleets(autoScaling: AutoScalingClient, config: Config, pace: Pace): Promise<void> {
  const names = config.fleets.map((fleet) => groupName(config.environment, fleet.name));
  for (const group of await readGroups(autoScaling, names)) {
    // Max 0 and not desired 0 alone: the scaler runs until it is destroyed, and would grow the fleet again.
    await autoScaling.send(
      new UpdateAutoScalingGroupCommand({
        AutoScalingGroupName: group.AutoScalingGroupName,
        MinSize: 0,
        MaxSize: 0,
        DesiredCapacity: 0,
      }),
    );
  }
  const minutes = Math.max(...config.fleets.map(toMinutes)) + DRAIN_MARGIN_MINUTES;
  await waitUntilEmpty(autoScaling, names, { ...pace, deadline: pace.now() + minutes * 60_000 });
}

async function waitUntilEmpty(
  autoScaling: AutoScalingClient,
  names: string[],
  { now, sleep, print, deadline }: Pace & { deadline: number },
): Promise<void> {
  let told = { text: '', at: Number.NEGATIVE_INFINITY };
  for (;;) {
    const text = toSummary(await readGroups(autoScaling, names));
    if (text === '') return;
    if (text !== told.text || now() - told.at >= TELL_EVERY_MS) {
      print(`waiting for jobs to finish: ${text}`);
      told = { text, at: now() };
    }
    if (now() >= deadline) {
      throw new ExpectedError(
        `Instances are still there after the longest job could have ended: ${text}.\nNothing was destroyed. Look at them (Session Manager), end them or wait, then run again: make destroy`,
      );
    }
    await sleep(LOOK_EVERY_MS);
  }
}

/** The longest time that an instance may need to leave: the group ends idle ones unless it protects them too. */
const toMinutes = ({ jobLimitMinutes, idleSeconds, protection }: FleetConfig): number =>
  jobLimitMinutes + (protection === 'all' ? Math.ceil(idleSeconds / 60) : 0);

/** 'muster-dev-linux: i-1 Terminating:Wait, i-2 InService'; empty when no instance is left. */
export function toSummary(groups: AutoScalingGroup[]): string {
  return groups
    .filter((group) => group.Instances?.length)
    .map((group) => {
      const instances = group.Instances?.map(
        (instance) => `${instance.InstanceId} ${instance.LifecycleState}`,
      );
      return `${group.AutoScalingGroupName}: ${instances?.join(', ')}`;
    })
    .join('; ');
}

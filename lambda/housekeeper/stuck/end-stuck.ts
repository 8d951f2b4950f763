import {
  type AutoScalingClient,
  type AutoScalingGroup,
  CreateOrUpdateTagsCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { STUCK_TAG } from '../../scaler/settings';
import { chooseStuck, type Member, type Runners, type StuckChoice } from '../core/choose-stuck';
import { fromTag, NOTHING, toTag } from '../core/stuck-memory';
import { readGroups, tagOf } from '../groups/read-groups';
import type { ListedFleet } from '../settings';
import { type ReadRunnersPorts, readRunners } from './read-runners';

export interface StuckPorts extends ReadRunnersPorts {
  autoScaling: AutoScalingClient;
}

export interface StuckEnded {
  fleet: string;
  verdict: StuckChoice['verdict'] | undefined;
  /** Instances that the CI does not know now. */
  unknown: string[];
  /** Instances that drain now, and are replaced. */
  done: string[];
  failures: string[];
}

/**
 * One fleet: ends the idle instances whose runner the CI has not known for too long. They drain like any other, so that
 * one that was busy after all finishes its job, and the group replaces them. Never throws.
 */
export async function endStuck(
  { autoScaling, ...ports }: StuckPorts,
  fleet: ListedFleet,
  group: AutoScalingGroup | undefined,
): Promise<StuckEnded> {
  const ended: StuckEnded = { fleet: fleet.name, verdict: undefined, unknown: [], done: [], failures: [] };
  try {
    if (!group) throw new Error(missing(fleet.group));
    const members = toMembers(group);
    const runners = members.some(isIdle) ? await readRunners(ports, fleet) : allKnown(members);
    if (runners.kind === 'unreadable') ended.failures.push(`runners: ${runners.detail}`);
    const choose = (seen: AutoScalingGroup) =>
      chooseStuck({
        members: toMembers(seen),
        runners,
        memory: fromTag(tagOf(seen, STUCK_TAG)),
        limitMs: fleet.unknownMinutes * 60_000,
        now: ports.now(),
      });
    let seen = group;
    let choice = choose(seen);
    if (choice.end.length > 0) {
      // Other fleets and the CI may have taken minutes, in which somebody was held or got a job.
      seen = await readGroup(autoScaling, fleet.group);
      choice = choose(seen);
    }
    ended.verdict = choice.verdict;
    ended.unknown = choice.unknown;
    // First what was decided, then the deed: what could not be remembered could be done again without an end.
    await writeMemory(autoScaling, fleet.group, tagOf(seen, STUCK_TAG), toTag(choice.memory));
    for (const id of choice.end) {
      try {
        await autoScaling.send(
          new TerminateInstanceInAutoScalingGroupCommand({
            InstanceId: id,
            ShouldDecrementDesiredCapacity: false,
          }),
        );
        ended.done.push(id);
      } catch (error) {
        ended.failures.push(`${id}: ${(error as Error).name}: ${(error as Error).message}`);
      }
    }
  } catch (error) {
    ended.failures.push(`${(error as Error).name}: ${(error as Error).message}`);
  }
  return ended;
}

async function readGroup(autoScaling: AutoScalingClient, name: string): Promise<AutoScalingGroup> {
  const [group] = await readGroups(autoScaling, [name]);
  if (!group) throw new Error(missing(name));
  return group;
}

const missing = (group: string) => `there is no group ${group}: deploy again`;

const toMembers = ({ Instances = [] }: AutoScalingGroup): Member[] =>
  Instances.map(({ InstanceId, LifecycleState, ProtectedFromScaleIn }) => ({
    id: InstanceId ?? '',
    state: LifecycleState ?? '',
    isProtected: ProtectedFromScaleIn ?? false,
  }));

const isIdle = ({ state, isProtected }: Member) => state === 'InService' && !isProtected;

/** Nobody could be ended: the CI is not asked, and need not be reachable, for a fleet that is empty or busy. */
const allKnown = (members: readonly Member[]): Runners => ({
  kind: 'known',
  heardAt: new Map(members.map(({ id }) => [id, undefined])),
});

async function writeMemory(
  autoScaling: AutoScalingClient,
  group: string,
  before: string | undefined,
  Value: string,
): Promise<void> {
  if (Value === (before ?? toTag(NOTHING))) return;
  const tag = {
    ResourceType: 'auto-scaling-group',
    ResourceId: group,
    Key: STUCK_TAG,
    Value,
    PropagateAtLaunch: false,
  };
  await autoScaling.send(new CreateOrUpdateTagsCommand({ Tags: [tag] }));
}

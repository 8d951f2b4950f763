import { toLaunchProblem } from './core/launch-problems';
import { looksStuck } from './core/launches';
import { fromTag, type Memory } from './core/memory';
import type { Capacity, KnownCapacity, Launch } from './core/types';
import type { FleetState, LaunchFailure, Trouble } from './fleet-state';
import type { Group, Ports } from './ports';
import { MEMORY_TAG, PAUSED_TAG } from './settings';

/** A group's activities are read at most once a minute. */
const LAUNCHES_EVERY_MS = 60_000;
/** So long a failure is told: a line comes once a minute, and the activities are read as often. */
const TOLD_MS = 3 * 60_000;

export interface ReadCapacity {
  group: Group;
  capacity: Capacity;
  memory: Memory;
  troubles: readonly Trouble[];
}

/** The group, what is remembered of it, and how its launches ended when it looks stuck. */
export async function readCapacity(fleet: FleetState, { groups, now }: Ports): Promise<ReadCapacity> {
  const group = await groups.read(fleet.settings.group);
  if (group.kind === 'unknown')
    return {
      group,
      capacity: group,
      memory: fleet.memory,
      troubles: [{ reason: 'capacity-unknown', ...group }],
    };

  // The tag is the truth for what survives a cold start, for another scaler may have written it.
  const memory = fleet.unwritten
    ? fleet.memory
    : { ...fromTag(group.tags[MEMORY_TAG]), sight: fleet.memory.sight };
  const capacity = { ...group.capacity, ...toPaused(group.tags[PAUSED_TAG]) };
  const at = now();
  if (fleet.failure && !memory.launch && at - fleet.failure.endedAt > TOLD_MS) fleet.failure = undefined;
  // After a cold start in a back-off nobody knows any more why launches fail.
  const isForgotten = memory.launch !== undefined && fleet.launchesReadAt === -Infinity;
  if (at - fleet.launchesReadAt < LAUNCHES_EVERY_MS || !(isForgotten || looksStuck(memory, capacity, at)))
    return { group, capacity, memory, troubles: [] };

  fleet.launchesReadAt = at;
  const launches = await groups.readLaunches(fleet.settings.group);
  // Without them the decision knows less, and that is all: launches that come and go are seen in the group too.
  if (!Array.isArray(launches))
    return { group, capacity, memory, troubles: [{ reason: 'capacity-unknown', ...launches }] };
  fleet.failure = toFailure(launches) ?? fleet.failure;
  return { group, capacity: { ...capacity, launches }, memory, troubles: [] };
}

function toPaused(tag: string | undefined): Pick<KnownCapacity, 'paused'> {
  if (!tag) return {};
  // Date.parse reads a lone 1 as a year.
  const since = /^\d{4}-\d\d-\d\dT/.test(tag) ? Date.parse(tag) : Number.NaN;
  return { paused: Number.isNaN(since) ? {} : { since } };
}

function toFailure(launches: readonly Launch[]): LaunchFailure | undefined {
  const failed = launches.find(({ result }) => result === 'failed');
  return (
    failed && { endedAt: failed.endedAt, message: failed.message, problem: toLaunchProblem(failed.message) }
  );
}

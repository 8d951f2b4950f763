import { toLaunchProblem } from './core/launch-problems';
import { LAUNCHES_EVERY_MS, looksStuck } from './core/launches';
import { fromTag, type Memory } from './core/memory';
import type { Capacity, KnownCapacity, Launch } from './core/types';
import type { FleetState, LaunchFailure, Trouble } from './fleet-state';
import type { Group, Ports } from './ports';
import { MEMORY_TAG, PAUSED_TAG } from './settings';

/** And that often while instances are on their way, for launches may fail now and then among others that work. */
const ROUND_MS = 10 * 60_000;
/** Older failures belong to another story. */
const RECENT_MS = 15 * 60_000;

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
  fleet.failure = toRecent(fleet.failure, memory, at);
  if (
    at - fleet.launchesReadAt < LAUNCHES_EVERY_MS ||
    !(looksStuck(memory, capacity, at) || isWorthALook(fleet, memory, capacity, at))
  )
    return { group, capacity, memory, troubles: [] };

  fleet.launchesReadAt = at;
  const launches = await groups.readLaunches(fleet.settings.group);
  // Without them the decision knows less, and that is all: launches that come and go are seen in the group too.
  if (!Array.isArray(launches))
    return { group, capacity, memory, troubles: [{ reason: 'capacity-unknown', ...launches }] };
  fleet.failure = toRecent(toFailure(launches), memory, at);
  return { group, capacity: { ...capacity, launches }, memory, troubles: [] };
}

/** Reasons to look that are not the decision's: to tell people why launches fail. */
function isWorthALook(fleet: FleetState, { launch }: Memory, capacity: KnownCapacity, now: number): boolean {
  const { launchesReadAt, failure } = fleet;
  fleet.firstPolledAt ??= now;
  // After a cold start in a back-off nobody knows any more.
  if (launch) return launchesReadAt === -Infinity;
  if (capacity.desired <= capacity.inService.length) return false;
  // A thousand fleets that grow together have their rounds at different times: AWS has one budget for all its calls.
  const toRound = (at: number) => Math.floor((at + toOffset(fleet.settings.name)) / ROUND_MS);
  return failure !== undefined || toRound(now) > toRound(Math.max(launchesReadAt, fleet.firstPolledAt));
}

const toOffset = (name: string): number =>
  [...name].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) % ROUND_MS, 0);

const toRecent = (failure: LaunchFailure | undefined, { launch }: Memory, now: number) =>
  failure && (launch || now - failure.endedAt <= RECENT_MS) ? failure : undefined;

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

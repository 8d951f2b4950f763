import { looksStuck } from './core/launches';
import { fromTag, type Memory } from './core/memory';
import type { Capacity } from './core/types';
import type { FleetState, Trouble } from './fleet-state';
import type { Group, Ports } from './ports';
import { MEMORY_TAG } from './settings';

/** A group's activities are read at most once a minute. */
const LAUNCHES_EVERY_MS = 60_000;

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
  const { capacity } = group;
  const at = now();
  if (at - fleet.launchesReadAt < LAUNCHES_EVERY_MS || !looksStuck(memory, capacity, at))
    return { group, capacity, memory, troubles: [] };

  fleet.launchesReadAt = at;
  const launches = await groups.readLaunches(fleet.settings.group);
  // Without them the decision knows less, and that is all: launches that come and go are seen in the group too.
  if (!Array.isArray(launches))
    return { group, capacity, memory, troubles: [{ reason: 'capacity-unknown', ...launches }] };
  return { group, capacity: { ...capacity, launches }, memory, troubles: [] };
}

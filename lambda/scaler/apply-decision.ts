import type { Outcome } from './core/decide';
import { toTag } from './core/memory';
import type { Unknown } from './core/types';
import type { FleetState, Trouble } from './fleet-state';
import type { Group, Ports } from './ports';
import { MEMORY_TAG, WARM_TAG } from './settings';

/**
 * Desired that was read longer ago is not written over: it is absolute, and another scaler or a leaving
 * instance may have changed it since. The next poll decides afresh.
 */
const STALE_MS = 3_000;

/** Makes a decision true, and writes what has to survive; answers what failed. */
export async function applyDecision(
  fleet: FleetState,
  group: Group,
  { decision, memory, warm }: Outcome,
  { groups }: Ports,
): Promise<Trouble[]> {
  fleet.memory = memory;
  if (group.kind === 'unknown') return [];
  const name = fleet.settings.group;
  const failures: (Unknown | undefined)[] = [];
  if (decision.kind !== 'hold')
    failures.push(await groups.setDesired(name, decision.to, group.readAt + STALE_MS));

  // A tag that is missing says what a new group has to know: nothing remembered, and nobody stays.
  const wanted: [key: string, value: string, missing: string][] = [
    [MEMORY_TAG, toTag(memory), toTag({})],
    [WARM_TAG, String(warm), '0'],
  ];
  const changed = wanted.filter(([key, value, missing]) => value !== (group.tags[key] ?? missing));
  const failure = changed.length > 0 ? await groups.writeTags(name, Object.fromEntries(changed)) : undefined;
  fleet.unwritten = failure !== undefined;
  failures.push(failure);
  return failures.flatMap((failure) => (failure ? [{ reason: 'change-failed' as const, ...failure }] : []));
}

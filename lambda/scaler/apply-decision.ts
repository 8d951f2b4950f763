import type { Outcome } from './core/decide';
import { toTag } from './core/memory';
import type { Unknown } from './core/types';
import type { FleetState, Trouble } from './fleet-state';
import type { Group, Ports } from './ports';

/**
 * Desired that was read longer ago is not written over: it is absolute, and another scaler or a leaving
 * instance may have changed it since. The next poll decides afresh.
 */
const STALE_MS = 3_000;

/** Makes a decision true, and writes what has to survive; answers what failed. */
export async function applyDecision(
  fleet: FleetState,
  group: Group,
  { decision, memory }: Outcome,
  { groups }: Ports,
): Promise<Trouble[]> {
  fleet.memory = memory;
  if (group.kind === 'unknown') return [];
  const name = fleet.settings.group;
  const failures: (Unknown | undefined)[] = [];
  if (decision.kind !== 'hold')
    failures.push(await groups.setDesired(name, decision.to, group.readAt + STALE_MS));

  const tag = toTag(memory);
  if (tag !== (group.tag ?? toTag({}))) {
    const failure = await groups.writeTag(name, tag);
    fleet.unwritten = failure !== undefined;
    failures.push(failure);
  } else fleet.unwritten = false;
  return failures.flatMap((failure) => (failure ? [{ reason: 'change-failed' as const, ...failure }] : []));
}

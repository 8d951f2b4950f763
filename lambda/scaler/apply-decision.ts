import type { Outcome } from './core/decide';
import { toTag } from './core/memory';
import type { Decision, Unknown } from './core/types';
import type { FleetState, Trouble } from './fleet-state';
import type { Group, Groups, Ports } from './ports';
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
  { decision, memory, warm, onDemandPercent }: Outcome,
  { groups }: Ports,
): Promise<Trouble[]> {
  fleet.memory = memory;
  if (group.kind === 'unknown') return [];
  const name = fleet.settings.group;
  const { distribution, capacity } = group;

  // A tag that is missing says what a new group has to know: nothing remembered, and nobody stays.
  const wanted: [key: string, value: string, missing: string][] = [
    [MEMORY_TAG, toTag(memory), toTag({})],
    [WARM_TAG, String(warm), '0'],
  ];
  const changed = wanted.filter(([key, value, missing]) => value !== (group.tags[key] ?? missing));
  const writeTags = async () => {
    const failure =
      changed.length > 0 ? await groups.writeTags(name, Object.fromEntries(changed)) : undefined;
    fleet.unwritten = failure !== undefined;
    return failure;
  };

  if (!distribution || onDemandPercent === undefined || onDemandPercent === capacity.onDemandPercent)
    return toTroubles([await setDesired(name, group, decision, groups), await writeTags()]);
  // Why comes first: another scaler would set back what no tag explains. And what grows is to be bought that way.
  return toTroubles([
    await writeTags(),
    await groups.setDistribution(name, {
      ...distribution,
      OnDemandPercentageAboveBaseCapacity: onDemandPercent,
    }),
    await setDesired(name, group, decision, groups),
  ]);
}

/** The same for a wake-up, which remembers nothing: not in its process, for the minute may use that too, nor in the tags. */
export async function applyWake(
  { settings }: FleetState,
  group: Group,
  { decision }: Outcome,
  { groups }: Ports,
): Promise<Trouble[]> {
  if (group.kind === 'unknown') return [];
  return toTroubles([await setDesired(settings.group, group, decision, groups)]);
}

async function setDesired(
  name: string,
  { readAt }: Extract<Group, { kind: 'known' }>,
  decision: Decision,
  groups: Groups,
): Promise<Unknown | undefined> {
  return decision.kind === 'hold' ? undefined : groups.setDesired(name, decision.to, readAt + STALE_MS);
}

const toTroubles = (failures: (Unknown | undefined)[]): Trouble[] =>
  failures.flatMap((failure) => (failure ? [{ reason: 'change-failed' as const, ...failure }] : []));

import type { FleetSettings } from '../settings';
import { judgeClaims, spend } from './claims';
import { toPhase } from './hours';
import { judgeLaunches } from './launches';
import type { Memory } from './memory';
import type { Reason } from './reasons';
import { look } from './sight';
import { fallbackBegan, isFallback, judgeSpot, keepFailing, keepFallback, toOnDemandPercent } from './spot';
import type { Capacity, Decision, Demand, KnownCapacity } from './types';
import { toWant } from './want';
import { toStaying } from './warm';

export interface Situation {
  demand: Demand;
  capacity: Capacity;
  settings: FleetSettings;
  memory: Memory;
  now: number;
  /** Instances that the account's concurrency leaves to this fleet; absent: no limit. */
  share?: number | undefined;
}
export interface Outcome {
  decision: Decision;
  memory: Memory;
  /** Idle instances that stay. */
  warm: number;
  /** Of a hundred instances so many are to be bought on demand; undefined: as it is. */
  onDemandPercent?: number | undefined;
}

/**
 * How many instances a fleet should have, and why. The same situation always gets the same answer, which is
 * a number and not a step, so that two scalers that overlap decide the same.
 */
export function decide(situation: Situation): Outcome {
  const outcome = decideSize(situation);
  const { settings, capacity, now } = situation;
  return capacity.kind === 'unknown'
    ? outcome
    : { ...outcome, onDemandPercent: toOnDemandPercent(settings.spot, outcome.memory.spot, now) };
}

function decideSize(situation: Situation): Outcome {
  const { demand, capacity, settings, memory, now } = situation;
  const warm = toStaying(settings, now);
  if (capacity.kind === 'unknown') return { decision: hold('capacity-unknown'), memory, warm };

  const past = forgetSight(memory, now);
  if (capacity.paused) return { decision: close(capacity, 'paused'), memory: past, warm: 0 };
  const phase = toPhase(settings.hours, now);
  if (phase === 'opening') return { decision: hold('opening'), memory: past, warm };
  if (phase === 'closed') return { decision: close(capacity, 'closed'), memory: past, warm };

  if (demand.kind === 'unknown') return { decision: hold('demand-unknown'), memory, warm };
  if (demand.kind === 'partial') return growAtLeast({ ...situation, demand, capacity, warm });
  return follow({ ...situation, demand, capacity, warm });
}

type Known = Situation & {
  demand: { queued: number; running: number };
  capacity: KnownCapacity;
  warm: number;
};

/**
 * A lower bound is enough to grow, so that one broken project does not stop the jobs of all others. It says nothing
 * else: jobs that are missing from it were not claimed, and a queue that looks empty is none.
 */
function growAtLeast(known: Known): Outcome {
  const { demand, capacity, settings, memory, now } = known;
  const { sight } = memory;
  const { decision, memory: after, warm } = follow({ ...known, memory: { ...memory, sight: undefined } });
  const grown = decision.kind === 'hold' ? 0 : decision.to - capacity.desired;
  return {
    decision: decision.kind === 'hold' ? { ...decision, reason: 'demand-unknown' } : decision,
    warm,
    memory: {
      launch: after.launch,
      claim: demand.queued > 0 ? after.claim : memory.claim,
      spot:
        after.spot ??
        keepFailing(memory.spot, {
          spot: settings.spot,
          capacity,
          isBackingOff: memory.launch !== undefined,
          now,
        }),
      sight: sight && { ...sight, desired: sight.desired + grown },
    },
  };
}

function follow({ demand, capacity, settings, memory, now, share = Infinity, warm }: Known): Outcome {
  const { desired } = capacity;
  const seen = look(memory.sight, demand, capacity, settings, now);
  const { change } = seen;
  const want = toWant(seen.jobs, capacity, seen.sight, { slots: settings.slots, warm }, now);
  const isSuspended = capacity.suspended.some((process) => process !== 'AZRebalance');
  const spot = judgeSpot(memory.spot, {
    spot: settings.spot,
    capacity,
    isWanting: !isSuspended && want.instances > capacity.inService.length,
    isBackingOff: memory.launch !== undefined,
    now,
  });
  // What is bought from now on is another thing, which has not failed yet.
  const isOther = isFallback(spot, now) && !isFallback(memory.spot, now);
  const sight = isOther ? { ...seen.sight, failedLaunches: 0 } : seen.sight;
  const { launch, cap, cancelTo } = judgeLaunches(isOther ? undefined : memory.launch, {
    capacity,
    sight,
    change,
    began: fallbackBegan(spot),
    now,
  });
  const claim = judgeClaims(memory.claim, { ...demand, sight, change, now });
  // A failure or a leave is counted once: what has led to a back-off, or happens in it, must not lead to the next.
  const failedLaunches =
    launch !== memory.launch || (launch && now < launch.until) ? 0 : sight.failedLaunches;
  const unused = claim ? 0 : sight.unused;
  const outcome = (decision: Decision): Outcome => ({
    decision: { ...decision, want: want.instances },
    warm,
    memory: {
      launch,
      claim: decision.kind === 'grow' ? spend(claim, decision.to - desired) : claim,
      spot,
      sight: { ...sight, failedLaunches, unused, desired: decision.kind === 'hold' ? desired : decision.to },
    },
  });

  if (isSuspended) return outcome(hold('suspended'));
  if (cancelTo !== undefined) return outcome({ kind: 'cancel', to: cancelTo, reason: 'launch-failing' });
  if (want.instances <= desired)
    return outcome(hold(want.instances === 0 && desired === 0 ? 'idle' : 'enough'));

  const limits: [Reason, number][] = [
    ['launch-failing', cap],
    ['not-claimed', desired + (claim?.credit ?? Infinity)],
    ['at-concurrency', share],
    ['at-group-max', capacity.max >= settings.max ? Infinity : capacity.max],
    ['at-max', settings.max],
    ['surge', desired + (settings.surge ?? Infinity)],
  ];
  let to = want.instances;
  let reason: Reason = want.reason;
  for (const [limit, most] of limits) if (most < to) [reason, to] = [limit, most];
  return outcome(to > desired ? { kind: 'grow', to, reason } : hold(reason));
}

const hold = (reason: Reason): Decision => ({ kind: 'hold', reason });

/** Repeats what the scheduled action did when something raised desired again; running jobs drain. */
const close = ({ desired, min }: KnownCapacity, reason: 'closed' | 'paused'): Decision =>
  desired > min ? { kind: 'close', to: min, reason } : hold(reason);

/** What was seen before the fleet closed says nothing about the time after. */
const forgetSight = ({ launch, claim, spot }: Memory, now: number): Memory => ({
  launch,
  claim,
  spot: keepFallback(spot, now),
});

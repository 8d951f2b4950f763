import { decide, type Outcome, type Situation } from './decide';
import { keepFallback } from './spot';

/**
 * What a wake-up does: it grows, and nothing else. It comes just when a job is queued, so that two of them say
 * nothing about what happened between them: an instance that did a job and left would look unused. So no sight goes
 * in, and no memory is to be kept of what comes out: what failed or was not claimed is judged by the minute alone.
 */
export function decideWake(situation: Situation): Outcome {
  const { launch, claim } = situation.memory;
  const spot = keepFallback(situation.memory.spot, situation.now);
  // What to buy is the minute's business too.
  const settings = spot ? situation.settings : { ...situation.settings, spot: undefined };
  const outcome = decide({ ...situation, settings, memory: { launch, claim, spot } });
  const { decision, memory } = outcome;
  if (decision.kind === 'hold' || (decision.kind === 'grow' && !memory.claim)) return outcome;
  // What was earned is spent by writing that down, which only the minute does: both would launch it.
  const reason = decision.kind === 'grow' ? 'not-claimed' : decision.reason;
  const { want } = decision;
  return { ...outcome, decision: { kind: 'hold', reason, ...(want === undefined ? {} : { want }) } };
}

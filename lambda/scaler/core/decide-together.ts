import { shareConcurrency } from './concurrency';
import { decide, type Outcome, type Situation } from './decide';

/**
 * Fleets at the same moment, those of one CI account: each alone, then with what the account's concurrency leaves to it.
 * @param concurrency jobs at once of the account; undefined: no limit is known, and each decides alone
 * @param decideOne who polls: the minute, or a wake-up
 */
export function decideTogether(
  situations: readonly Situation[],
  concurrency: number | undefined,
  decideOne: (situation: Situation) => Outcome = decide,
): Outcome[] {
  const free = situations.map((situation) => decideOne(situation));
  if (concurrency === undefined) return free;
  const shares = shareConcurrency(
    situations.map((situation, index) => toAsking(situation, free[index])),
    concurrency,
  );
  return situations.map((situation, index) => decideOne({ ...situation, share: shares[index] }));
}

/** A fleet that cannot be read keeps what it had when it was seen last. */
function toAsking({ capacity, memory, settings: { slots } }: Situation, outcome?: Outcome) {
  const desired = capacity.kind === 'known' ? capacity.desired : (memory.sight?.desired ?? 0);
  return { desired, want: outcome?.decision.want ?? desired, slots };
}

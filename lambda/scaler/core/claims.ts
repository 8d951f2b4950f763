import { backOff } from './back-off';
import type { ClaimMemory } from './memory';
import type { Change, Sight } from './sight';

/** One instance may leave just before a job comes; the second in a row had the chance. */
const SEVERAL = 2;
/** Who has earned so much in one poll is claimed from: full growth again. */
const ENOUGH = 32;

/**
 * not-claimed: instances leave unused while jobs stay queued, so growth has to be earned. A probe is launched
 * more and more seldom; a job that is claimed earns two instances, one that ended its replacement. So a limit
 * of ten jobs that nobody told us costs an instance or two for each job and not the whole queue, and a fleet
 * that was suspected wrongly is back within a few boots.
 *
 * How it can be wrong: only counts are seen, so that a job that ends and another that is claimed between two
 * polls look like an instance that left unused. Therefore as many must leave unused as run jobs.
 */
export function judgeClaims(
  claim: ClaimMemory | undefined,
  situation: { queued: number; running: number; sight: Sight; change: Change; now: number },
): ClaimMemory | undefined {
  const { queued, running, sight, change, now } = situation;
  if (queued === 0) return undefined;
  if (!claim)
    return sight.unused >= Math.max(SEVERAL, running)
      ? { tries: 1, until: now + backOff(1), credit: 0 }
      : undefined;

  // Who saw a job end and the next one claimed has earned that one's two, and not the replacement on top.
  const credit = claim.credit + 2 * change.claimed + Math.max(0, change.ended - change.claimed);
  if (credit > ENOUGH) return undefined;
  const tries = change.claimed > 0 ? 1 : claim.tries;
  if (now < claim.until) return { ...claim, tries, credit };
  return { tries: tries + 1, until: now + backOff(tries + 1), credit: Math.max(credit, 1) };
}

/** What is launched is no longer earned. */
export const spend = (claim: ClaimMemory | undefined, instances: number): ClaimMemory | undefined =>
  claim && { ...claim, credit: Math.max(0, claim.credit - instances) };

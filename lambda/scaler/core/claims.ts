import { backOff } from './back-off';
import type { ClaimMemory } from './memory';
import type { Change, Sight } from './sight';

/** One instance may leave just before a job comes; the second in a row had the chance. */
const SEVERAL = 2;
/** From here on doubling is no different from full growth. */
const ENOUGH = 32;

/**
 * not-claimed: instances leave unused while jobs stay queued, so one is tried, more and more slowly. Each sign
 * that jobs are claimed doubles the allowance, so that at a plan's limit of ten jobs the eleventh costs an
 * instance or two and not the whole queue, each time a job ends.
 */
export function judgeClaims(
  claim: ClaimMemory | undefined,
  { queued, sight, change, now }: { queued: number; sight: Sight; change: Change; now: number },
): ClaimMemory | undefined {
  if (queued === 0) return undefined;
  if (!claim)
    return sight.unused >= SEVERAL ? { tries: 1, until: now + backOff(1), allowance: 1 } : undefined;
  if (change.rose) {
    const allowance = claim.allowance * 2;
    return allowance > ENOUGH ? undefined : { tries: 0, until: 0, allowance };
  }
  if (change.unused > 0) {
    const tries = claim.tries + 1;
    return { tries, until: now + backOff(tries), allowance: 1 };
  }
  // A job that ended may have made room under the limit that keeps the others waiting.
  if (change.fell > 0) return { ...claim, until: 0, allowance: Math.max(claim.allowance, change.fell) };
  return claim;
}

/** The most that desired may grow to. */
export function toClaimCap(
  claim: ClaimMemory | undefined,
  { busy, desired, now }: { busy: number; desired: number; now: number },
): number {
  if (!claim) return Infinity;
  return now < claim.until ? desired : busy + claim.allowance;
}

/** How long boots take here, and which of those that are under way will hardly come to an end. */
import type { KnownCapacity } from './types';

export interface Boots {
  /** By id: when it was first seen pending; Infinity where nobody looked just before, so that it may be older. */
  since: ReadonlyMap<string, number>;
  /** Boots that were seen from their beginning. */
  seen: number;
  /** The slowest of the last dozens, milliseconds. */
  slowest: number;
}

/** The slowest is forgotten slowly: to a half in 35 boots. */
const FORGET = 0.98;
/** Before so many were seen, nobody knows what is slow. */
const SEVERAL = 5;
/** By so much slower than the slowest. */
const SLOWER = 1.25;
/** Where some wait stopped, or types differ, boots are of two kinds, and all slow ones look hopeless: one in ten, at most. */
const SHARE = 10;

const NOTHING: Boots = { since: new Map(), seen: 0, slowest: 0 };

/** @param isContinuous the look before was a moment ago */
export function watchBoots(
  before: Boots | undefined,
  { pending, inService }: Pick<KnownCapacity, 'pending' | 'inService'>,
  now: number,
  isContinuous: boolean,
): Boots {
  const { since: were } = before ?? NOTHING;
  let { seen, slowest } = before ?? NOTHING;
  const begun = isContinuous ? now : Infinity;
  const since = new Map(pending.map((id) => [id, were.get(id) ?? begun]));
  for (const [id, at] of were) {
    if (at > now || since.has(id) || !inService.includes(id)) continue;
    seen += 1;
    slowest = Math.max(now - at, slowest * FORGET);
  }
  return { since, seen, slowest };
}

/** Pending instances that another one is worth launching for: they hang, and their hook gives them minutes yet. */
export function countOverdue({ since, seen, slowest }: Boots, now: number): number {
  if (seen < SEVERAL) return 0;
  const overdue = [...since.values()].filter((at) => now - at > SLOWER * slowest).length;
  return Math.min(overdue, Math.ceil(since.size / SHARE));
}

import { backOff } from './back-off';
import type { LaunchMemory, Memory } from './memory';
import type { Change, Sight } from './sight';
import type { KnownCapacity } from './types';

/** One failed launch happens (no capacity in one zone, a slow boot); three in a row are a fault. */
const SEVERAL = 3;
/** In a burst some fail beside many that boot, before the first of them is ready: one for so many that are pending. */
const PENDING_FOR_ONE = 4;
/** As many are no accident, however many are pending. */
const MANY = 10;
/** Older failures belong to another story. Covers three launching hooks that time out, one after the other. */
const RECENT_MS = 15 * 60_000;
/** A back-off that nobody needed any more is forgotten. */
const FORGET_MS = 60 * 60_000;

/** A boot takes less; who is short for longer may have launches that fail. */
const SLOW_MS = 60_000;
/** AWS begins what is desired within seconds; who waits for longer was refused an instance. */
const UNFILLED_MS = 20_000;

/** A group's activities are read at most once a minute. */
export const LAUNCHES_EVERY_MS = 60_000;

/** Whether the group's scaling activities are worth a request: they tell how launches ended. */
export function looksStuck({ launch, sight }: Memory, capacity: KnownCapacity, now: number): boolean {
  if (capacity.desired <= capacity.inService.length) return false;
  if (launch) return now >= launch.until;
  if (!sight) return false;
  const isSince = (since: number | undefined, ms: number) => since !== undefined && now - since >= ms;
  return (
    sight.failedLaunches > 0 ||
    isSince(sight.shortSince, SLOW_MS) ||
    isSince(sight.unfilledSince, UNFILLED_MS)
  );
}

export interface LaunchSituation {
  capacity: KnownCapacity;
  sight: Sight;
  change: Change;
  /** When other instances began to be bought: what failed before says nothing about these. */
  began?: number | undefined;
  now: number;
}

export interface LaunchVerdict {
  launch: LaunchMemory | undefined;
  /** The most that desired may grow to; Infinity: no limit. */
  cap: number;
  /** What to lower desired to, when something nobody fills is to be cancelled. */
  cancelTo: number | undefined;
}

/** launch-failing: cancel the desired that nothing fills, then try one launch, more and more slowly. */
export function judgeLaunches(memory: LaunchMemory | undefined, situation: LaunchSituation): LaunchVerdict {
  const { capacity, now } = situation;
  const launch = renew(memory, situation);
  if (!launch) return { launch, cap: Infinity, cancelTo: undefined };

  // Held instances are no part of desired.
  const settled = capacity.inService.length + capacity.other;
  // One more than what works, however many are pending: the one that is tried.
  if (now >= launch.until) return { launch, cap: settled + 1, cancelTo: undefined };

  // With an instance in service, never below what exists: AWS chooses whom a lower desired ends, and might
  // choose a healthy one. With none, no job can be on any, and pending ones go too: the group would
  // replace each failing instance at once for ever, so that there is never a gap to cancel.
  const exist = settled === 0 ? 0 : settled + capacity.pending.length;
  const cancelTo = Math.max(exist, capacity.min);
  return { launch, cap: capacity.desired, cancelTo: cancelTo < capacity.desired ? cancelTo : undefined };
}

function renew(
  memory: LaunchMemory | undefined,
  { capacity, sight, change, began = -Infinity, now }: LaunchSituation,
): LaunchMemory | undefined {
  const isShort = capacity.desired > capacity.inService.length;
  // What ends during the back-off was begun before it.
  const since = memory ? Math.max(memory.until, memory.since) : Math.max(now - RECENT_MS, began);
  const recent = (capacity.launches ?? []).filter(({ endedAt }) => endedAt > since);
  const succeeded = recent.findIndex(({ result }) => result === 'succeeded');
  if (memory) {
    if (change.arrived || succeeded >= 0) return undefined;
    if (now < memory.until) return memory;
    if (now > memory.until + FORGET_MS && !isShort) return undefined;
  }
  const inARow = succeeded < 0 ? recent.length : succeeded;
  const failures = Math.max(inARow, sight.failedLaunches);
  const several = Math.max(SEVERAL, Math.min(MANY, Math.ceil(capacity.pending.length / PENDING_FOR_ONE)));
  if (!isShort || failures < (memory ? 1 : several)) return memory;
  const tries = (memory?.tries ?? 0) + 1;
  return { tries, until: now + backOff(tries), since: now };
}

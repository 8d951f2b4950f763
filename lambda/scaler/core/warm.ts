import type { Hours, Warm } from '../settings';
import { LEAD_MS, toPhase } from './hours';
import { toWallClock } from './wall-clock';

/** Idle instances that wait at this hour of the day, whatever the opening times say. */
export function toWarm(warm: Warm, now: number): number {
  if (typeof warm === 'number') return warm;
  const { time } = toWallClock(warm.timeZone, now);
  return warm.byHour[Number(time.slice(0, 2))] ?? 0;
}

const MINUTE_MS = 60_000;

/**
 * How many idle instances stay now: none in a fleet that is not open. In the minutes before it opens as many as at
 * the moment it does, for they were launched early and would leave idle before the first job comes.
 */
export function toStaying({ warm, hours }: { warm: Warm; hours?: Hours | undefined }, now: number): number {
  const phase = toPhase(hours, now);
  if (phase === 'open') return toWarm(warm, now);
  if (phase !== 'opening') return 0;
  const end = now + LEAD_MS;
  let opens = now - (now % MINUTE_MS) + MINUTE_MS;
  while (opens < end && toPhase(hours, opens) !== 'open') opens += MINUTE_MS;
  return toWarm(warm, opens);
}

import type { Hours, Warm } from '../settings';
import { toOpening, toPhase } from './hours';
import { toWall } from './time-zone';

/** Idle instances that wait at this hour of the day, whatever the opening times say. */
export function toWarm(warm: Warm, now: number): number {
  if (typeof warm === 'number') return warm;
  return warm.byHour[new Date(toWall(warm.timeZone, now)).getUTCHours()] ?? 0;
}

/**
 * How many idle instances stay now: none in a fleet that is not open. In the minutes before it opens as many as at
 * the moment it does, for they were launched early and would leave idle before the first job comes.
 */
export function toStaying({ warm, hours }: { warm: Warm; hours?: Hours | undefined }, now: number): number {
  const phase = toPhase(hours, now);
  if (phase === 'open') return toWarm(warm, now);
  const opens = hours && phase === 'opening' ? toOpening(hours, now) : undefined;
  return opens === undefined ? 0 : toWarm(warm, opens);
}

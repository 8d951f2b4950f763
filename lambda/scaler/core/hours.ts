import type { Hours } from '../settings';
import { toWallClock } from './wall-clock';

/**
 * open: as usual. opening: closed, but open within five minutes. closed: no instance.
 * on-demand: outside hours, but jobs still run; only the warm capacity is gone.
 */
export type Phase = 'open' | 'opening' | 'closed' | 'on-demand';

/**
 * The opening action launches the warm capacity five minutes before the fleet opens, so that an action that
 * fires late (AWS allows itself two minutes) cannot shrink a fleet that has begun to grow. In these minutes
 * nothing may be closed again.
 */
export const LEAD_MS = 5 * 60_000;

export function toPhase(hours: Hours | undefined, now: number): Phase {
  if (!hours || isOpen(hours, now)) return 'open';
  if (hours.outside === 'on-demand') return 'on-demand';
  return isOpen(hours, now + LEAD_MS) ? 'opening' : 'closed';
}

function isOpen(hours: Hours, at: number): boolean {
  const { date, weekday, time } = toWallClock(hours.timeZone, at);
  if (hours.holidays.includes(date)) return false;
  const times = hours.week[weekday] ?? [];
  // Wall-clock text compares like time, and '24:00' is later than any time of the day.
  return times.some(({ open, close }) => open <= time && time < close);
}

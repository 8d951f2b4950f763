import type { Hours } from '../settings';
import { type ClockChange, toClockChange, toWall } from './time-zone';
import { readWall } from './wall-clock';

/**
 * open: as usual. opening: closed, but about to open. closed: no instance.
 * on-demand: outside hours, but jobs still run; only the warm capacity is gone.
 */
export type Phase = 'open' | 'opening' | 'closed' | 'on-demand';

/**
 * The opening action launches the warm capacity five minutes before the fleet opens, so that an action that
 * fires late (AWS allows itself two minutes) cannot shrink a fleet that has begun to grow. In these minutes
 * nothing may be closed again.
 */
export const LEAD_MS = 5 * 60_000;
const MINUTE_MS = 60_000;

export function toPhase(hours: Hours | undefined, now: number): Phase {
  if (!hours || isOpen(hours, now)) return 'open';
  if (hours.outside === 'on-demand') return 'on-demand';
  return toOpening(hours, now) === undefined ? 'closed' : 'opening';
}

/** When a fleet opens that is about to; undefined when it is not. */
export function toOpening(hours: Hours, now: number): number | undefined {
  const change = toClockChange(hours.timeZone, now);
  // An hour that is left out has no early reading, only a late one.
  if (change && (change.kind === 'doubled' || now >= change.at - LEAD_MS))
    for (const at of [now, now + LEAD_MS]) {
      const opens = toHeldOpening(hours, at + change.most, change);
      if (opens !== undefined && now < opens) return opens;
    }
  const first = now - (now % MINUTE_MS) + MINUTE_MS;
  for (let at = first; at <= now + LEAD_MS; at += MINUTE_MS) if (isOpen(hours, at)) return at;
  return undefined;
}

/**
 * What the clock on the wall says, and when it is changed, what every reading of the hours says: AWS does not tell
 * whether an action at a wall time that comes twice fires at the first or the second, and when one fires that does
 * not come at all. So a fleet opens when its action can have fired by any reading, an hour late at most, and closes
 * at the first. Two nights of a year, and only for openings in these hours.
 */
function isOpen(hours: Hours, at: number): boolean {
  const wall = toWall(hours.timeZone, at);
  if (!isOpenAt(hours, wall)) return false;
  const change = toClockChange(hours.timeZone, at);
  if (!change) return true;
  const opens = toHeldOpening(hours, wall, change);
  if (opens !== undefined) return at >= opens;
  const isSecond = change.kind === 'doubled' && at >= change.at && wall < change.until;
  return !isSecond || !closesBefore(hours, wall, change.until);
}

/** When a fleet opens that, by its wall time, is open, but whose action may come late; undefined for all others. */
function toHeldOpening(hours: Hours, wall: number, { from, until, least }: ClockChange): number | undefined {
  // Further on, everything is as it always is. Days are longer, so that there is always a start to be found.
  if (wall < from || wall >= until + 2 * (until - from) || !isOpenAt(hours, wall)) return undefined;
  let start = wall - (wall % MINUTE_MS);
  while (start >= from && isOpenAt(hours, start - MINUTE_MS)) start -= MINUTE_MS;
  return start >= from && start < until + LEAD_MS ? start - least : undefined;
}

function closesBefore(hours: Hours, wall: number, end: number): boolean {
  for (let at = wall; at < end; at += MINUTE_MS) if (!isOpenAt(hours, at)) return true;
  return false;
}

/** Whether the hours have a wall time. */
function isOpenAt(hours: Hours, wall: number): boolean {
  const { date, weekday, time } = readWall(wall);
  if (hours.holidays.includes(date)) return false;
  const times = hours.week[weekday] ?? [];
  // Wall-clock text compares like time, and '24:00' is later than any time of the day.
  return times.some(({ open, close }) => open <= time && time < close);
}

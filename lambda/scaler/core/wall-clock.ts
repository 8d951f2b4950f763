import { toWall } from './time-zone';

export interface WallClock {
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly weekday: 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';
  /** HH:MM, from 00:00. */
  readonly time: string;
}

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

const MINUTE_MS = 60_000;
/** Of some hours around now, at most. */
const KEPT = 2_000;
// The same minutes are read at each look, and for each fleet.
const walls = new Map<number, WallClock>();

/** @param wall as toWall makes it */
export function readWall(wall: number): WallClock {
  const minute = Math.floor(wall / MINUTE_MS);
  const known = walls.get(minute);
  if (known) return known;
  if (walls.size >= KEPT) walls.clear();
  const date = new Date(minute * MINUTE_MS);
  const text = date.toISOString();
  const read: WallClock = {
    date: text.slice(0, 10),
    weekday: WEEKDAYS[date.getUTCDay()] ?? 'sun',
    time: text.slice(11, 16),
  };
  walls.set(minute, read);
  return read;
}

/** What the clocks on the walls of a time zone show at a moment. */
export const toWallClock = (timeZone: string, at: number): WallClock => readWall(toWall(timeZone, at));

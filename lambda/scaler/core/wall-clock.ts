import { toWall } from './time-zone';

export interface WallClock {
  /** YYYY-MM-DD. */
  date: string;
  weekday: 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';
  /** HH:MM, from 00:00. */
  time: string;
}

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** @param wall as toWall makes it */
export function readWall(wall: number): WallClock {
  const text = new Date(wall).toISOString();
  return {
    date: text.slice(0, 10),
    weekday: WEEKDAYS[new Date(wall).getUTCDay()] ?? 'sun',
    time: text.slice(11, 16),
  };
}

/** What the clocks on the walls of a time zone show at a moment. */
export const toWallClock = (timeZone: string, at: number): WallClock => readWall(toWall(timeZone, at));

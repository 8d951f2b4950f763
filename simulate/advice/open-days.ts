/** Days of the week that are worth waiting for. */
import { toWall } from '../../lambda/scaler/core/time-zone';
import type { Hours } from '../../lambda/scaler/settings';
import type { Job } from '../trace';

const NAMES = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
/** A day with less than so much of the busiest one's jobs has none waiting. */
const LEAST_SHARE = 0.25;
const DAY_MS = 86_400_000;

/**
 * Jobs run on every day, but instances wait for them on busy ones only. A weekday that the trace does not have is one
 * that nothing is known of, and stays. Undefined when no day is left out.
 */
export function toOpenDays(jobs: readonly Job[], timeZone: string): Hours | undefined {
  const found = new Map<number, { days: Set<number>; jobs: number }>();
  const dayOf = (at: number) => Math.floor(toWall(timeZone, at) / DAY_MS);
  const at = (day: number) => {
    const weekday = new Date(day * DAY_MS).getUTCDay();
    const entry = found.get(weekday) ?? { days: new Set(), jobs: 0 };
    entry.days.add(day);
    found.set(weekday, entry);
    return entry;
  };
  for (const { submitted } of jobs) at(dayOf(submitted)).jobs += 1;
  const [first, last] = [jobs[0], jobs.at(-1)].map((job) => dayOf(job?.submitted ?? 0)) as [number, number];
  for (let day = first; day <= last; day += 1) at(day);
  const aDay = ({ days, jobs: count }: { days: Set<number>; jobs: number }) => count / days.size;
  const busiest = Math.max(0, ...[...found.values()].map(aDay));
  const open = NAMES.filter((_, weekday) => {
    const entry = found.get(weekday);
    return entry === undefined || aDay(entry) >= LEAST_SHARE * busiest;
  });
  if (open.length === NAMES.length) return undefined;
  const week = Object.fromEntries(open.map((name) => [name, [{ open: '00:00', close: '24:00' }]]));
  return { timeZone, week, holidays: [], outside: 'on-demand' };
}

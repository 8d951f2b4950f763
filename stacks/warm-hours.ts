/** Warm capacity by the clock: pure. */
import type { WarmConfig } from '../config/schema';

/** What waits in each of the 24 hours of the day, in the time zone of the warm capacity. */
export function toHourlyWarm(warm: Exclude<WarmConfig, number>): number[] {
  const hourOf = (time: string) => Number(time.slice(0, 2));
  return Array.from(
    { length: 24 },
    (_, hour) => warm.hours.find(({ from, to }) => hourOf(from) <= hour && hour < hourOf(to))?.count ?? 0,
  );
}

/** Two days whose clocks are apart by a daylight-saving change in every zone that has one; any year will do. */
const SAMPLE_DAYS = ['2026-01-15', '2026-07-15'];

/**
 * What waits at a minute of the day in a time zone. Where two zones change their clocks on different rules, the
 * answer can differ over the year: then the larger one, for an instance too many leaves by itself.
 */
export function toWarmAt(warm: WarmConfig, minute: number, timeZone: string): number {
  if (typeof warm === 'number') return warm;
  const byHour = toHourlyWarm(warm);
  const hours =
    warm.timeZone === timeZone
      ? [Math.floor(minute / 60)]
      : SAMPLE_DAYS.map((day) => toHour(toInstant(day, minute, timeZone), warm.timeZone));
  return Math.max(...hours.map((hour) => byHour[hour] ?? 0));
}

function toInstant(day: string, minute: number, timeZone: string): number {
  const asIfUtc = Date.parse(`${day}T00:00:00Z`) + minute * 60_000;
  return asIfUtc - (toWallClock(asIfUtc, timeZone) - asIfUtc);
}

const toHour = (at: number, timeZone: string) => new Date(toWallClock(at, timeZone)).getUTCHours();

/** What a clock in the zone shows, as if it were UTC. */
function toWallClock(at: number, timeZone: string): number {
  const text = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  return Date.parse(`${text.format(at).replace(' ', 'T')}:00Z`);
}

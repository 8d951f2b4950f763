import type { Hours } from '../settings';

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
const LEAD_MS = 5 * 60_000;

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

// Making a formatter takes longer than using it a thousand times, and fleets share time zones.
const formatters = new Map<string, Intl.DateTimeFormat>();

function toWallClock(timeZone: string, at: number) {
  let formatter = formatters.get(timeZone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      weekday: 'short',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    });
    formatters.set(timeZone, formatter);
  }
  const parts = Object.fromEntries(formatter.formatToParts(at).map(({ type, value }) => [type, value]));
  return {
    date: `${parts.year}-${parts.month}-${parts.day}`,
    weekday: (parts.weekday ?? '').toLowerCase() as keyof Hours['week'],
    time: `${parts.hour}:${parts.minute}`,
  };
}

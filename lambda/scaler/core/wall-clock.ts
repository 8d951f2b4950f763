export interface WallClock {
  /** YYYY-MM-DD. */
  date: string;
  weekday: 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';
  /** HH:MM, from 00:00. */
  time: string;
}

// Making a formatter takes longer than using it a thousand times, and fleets share time zones.
const formatters = new Map<string, Intl.DateTimeFormat>();

/** What the clocks on the walls of a time zone show at a moment. */
export function toWallClock(timeZone: string, at: number): WallClock {
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
    weekday: (parts.weekday ?? '').toLowerCase() as WallClock['weekday'],
    time: `${parts.hour}:${parts.minute}`,
  };
}

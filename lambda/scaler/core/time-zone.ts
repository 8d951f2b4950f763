const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Time zones change their offset at such a moment, so that it holds for all of them in between. */
const QUARTER_MS = 15 * MINUTE_MS;
/** Of 40 time zones and some hours around now, at most. */
const KEPT = 2_000;

// Making a formatter takes longer than using it a thousand times, and fleets share time zones.
const formatters = new Map<string, Intl.DateTimeFormat>();
const offsets = new Map<string, number>();

/** Milliseconds by which the clocks of a time zone are ahead of UTC. */
export function toOffset(timeZone: string, at: number): number {
  const quarter = Math.floor(at / QUARTER_MS) * QUARTER_MS;
  const key = `${timeZone} ${quarter}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  if (offsets.size >= KEPT) offsets.clear();
  let formatter = formatters.get(timeZone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    });
    formatters.set(timeZone, formatter);
  }
  const parts = Object.fromEntries(
    formatter.formatToParts(quarter).map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = parts;
  const offset = Date.UTC(year, month - 1, day, hour, minute) - quarter;
  offsets.set(key, offset);
  return offset;
}

/**
 * What the clocks on the walls of a time zone show, as milliseconds that count on evenly: read with getUTC…(). Two
 * moments have the same wall time in the hour that daylight saving doubles, and no moment has one of the hour that it
 * leaves out.
 */
export const toWall = (timeZone: string, at: number): number => at + toOffset(timeZone, at);

/** Clocks that are changed: the wall times from `from` until `until` come twice, or not at all. */
export interface ClockChange {
  at: number;
  from: number;
  until: number;
  /** The two offsets, by size. */
  least: number;
  most: number;
  kind: 'doubled' | 'left-out';
}

/** The change of the clocks within three hours of a moment, if there is one. */
export function toClockChange(timeZone: string, at: number): ClockChange | undefined {
  let low = at - 3 * HOUR_MS;
  let high = at + 3 * HOUR_MS;
  const before = toOffset(timeZone, low);
  const after = toOffset(timeZone, high);
  if (before === after) return undefined;
  while (high - low > MINUTE_MS) {
    const middle = (low + high) / 2;
    if (toOffset(timeZone, middle) === before) low = middle;
    else high = middle;
  }
  // To the quarter: what remains of a minute comes from where the search began.
  const changed = Math.floor(high / QUARTER_MS) * QUARTER_MS;
  const [least, most] = before < after ? [before, after] : [after, before];
  return {
    at: changed,
    from: changed + least,
    until: changed + most,
    least,
    most,
    kind: before < after ? 'left-out' : 'doubled',
  };
}

/**
 * Scheduled actions set desired, whatever it is by then. AWS fires them up to two minutes late, and does not tell what it
 * makes of wall times that the change of the clocks doubles or leaves out. So by any reading an opening action has to
 * come before the fleet is open, and a closing one after it is closed.
 */
import fc from 'fast-check';
import { toPhase } from '../../../../lambda/scaler/core/hours';
import { toClockChange, toOffset } from '../../../../lambda/scaler/core/time-zone';
import { toWallClock } from '../../../../lambda/scaler/core/wall-clock';
import { toStaying } from '../../../../lambda/scaler/core/warm';
import type { Hours } from '../../../../lambda/scaler/settings';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** Time zone, and the days (UTC) around which its clocks are changed: at 02:00, at midnight, by half an hour, never. */
const ZONES: [timeZone: string, ...days: string[]][] = [
  ['Europe/Berlin', '2026-03-29', '2026-10-25'],
  ['America/New_York', '2026-03-08', '2026-11-01'],
  ['America/Santiago', '2026-04-05', '2026-09-06'],
  ['Africa/Cairo', '2026-04-24', '2026-10-30'],
  ['Australia/Lord_Howe', '2026-04-05', '2026-10-04'],
  ['Asia/Kolkata', '2026-03-29', '2026-10-25'],
];
const place = fc
  .constantFrom(...ZONES.flatMap(([timeZone, ...days]) => days.map((day) => ({ timeZone, day }))))
  .map(({ timeZone, day }) => ({ timeZone, midnight: Date.parse(`${day}T00:00:00Z`) }));
/** Minutes of the day, half of them where clocks are changed. */
const minute = fc.oneof(fc.integer({ min: 0, max: 1439 }), fc.integer({ min: 0, max: 250 }));
const plan = fc.record({
  place,
  open: minute,
  // Shorter ones may lie in the hour that is left out, and never come.
  minutes: fc.integer({ min: 75, max: 1439 }),
  lateMs: fc.integer({ min: 0, max: 2 * MINUTE }),
});
const clock = (minutes: number) =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
const daily = (timeZone: string, open: number, close: number): Hours => {
  const times = [{ open: clock(open), close: clock(close) }];
  return {
    timeZone,
    week: { mon: times, tue: times, wed: times, thu: times, fri: times, sat: times, sun: times },
    holidays: [],
    outside: 'closed',
  };
};

/** All moments at which somebody could have an action fire whose wall time is this. */
function firings(timeZone: string, wall: number): number[] {
  const change = toClockChange(timeZone, wall - toOffset(timeZone, wall));
  const readings = [toOffset(timeZone, wall - DAY), toOffset(timeZone, wall + DAY)].map(
    (offset) => wall - offset,
  );
  const real = readings.filter((at) => at + toOffset(timeZone, at) === wall);
  if (real.length > 0) return real;
  // It does not come: where it would have been, by the clock before; or when the clocks are changed.
  return [wall - (change?.least ?? 0), change?.at ?? 0];
}
const walls = (midnight: number, minutes: number) =>
  [-1, 0, 1].map((day) => midnight + day * DAY + minutes * MINUTE);
const all = (
  numRuns: number,
  rule: (given: { hours: Hours; midnight: number; open: number; close: number; lateMs: number }) => void,
) =>
  fc.assert(
    fc.property(plan, ({ place: { timeZone, midnight }, open, minutes, lateMs }) => {
      const close = Math.min(1440, open + minutes);
      // Else the day before would be open until then.
      if (close - open < 75 || open < 10 || close > 1430) return;
      rule({ hours: daily(timeZone, open, close), midnight, open, close, lateMs });
    }),
    { numRuns },
  );

test('an opening action that fires late never shrinks a live fleet', () => {
  all(400, ({ hours, midnight, open, lateMs }) => {
    for (const wall of walls(midnight, open - 5))
      for (const at of firings(hours.timeZone, wall)) expect(toPhase(hours, at + lateMs)).not.toBe('open');
  });
});
test('what it launched is not closed before the fleet opens', () => {
  all(400, ({ hours, midnight, open, lateMs }) => {
    for (const wall of walls(midnight, open - 5))
      for (const at of firings(hours.timeZone, wall)) expect(toPhase(hours, at + lateMs)).toBe('opening');
  });
});
test('and may stay idle until then', () => {
  all(400, ({ hours, midnight, open, lateMs }) => {
    for (const wall of walls(midnight, open - 5))
      for (const at of firings(hours.timeZone, wall))
        expect(toStaying({ hours, warm: 3 }, at + lateMs)).toBe(3);
  });
});
test('a closing action that fires late closes no live fleet', () => {
  all(400, ({ hours, midnight, close, lateMs }) => {
    for (const wall of walls(midnight, close))
      for (const at of firings(hours.timeZone, wall)) expect(toPhase(hours, at + lateMs)).not.toBe('open');
  });
});
test('a fleet opens once a day', () => {
  all(60, ({ hours, midnight }) => {
    const moments = Array.from({ length: 3 * 24 * 12 }, (_, i) => midnight - DAY + i * 5 * MINUTE);
    const isOpen = (at: number) => toPhase(hours, at) === 'open';
    const openings = moments.filter((at) => isOpen(at) && !isOpen(at - 5 * MINUTE));
    const days = openings.map((at) => toWallClock(hours.timeZone, at).date);
    expect(days.length).toBeGreaterThanOrEqual(2);
    expect(new Set(days).size).toBe(days.length);
  });
});

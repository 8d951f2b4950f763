/** The scheduled actions, without a scaler that would do the same. */
import type { FleetSettings, Hours } from '../../lambda/scaler/settings';
import { Agenda } from '../../simulate/agenda';
import { scheduleActions } from '../../simulate/opening';
import type { Scene } from '../../simulate/policies/control';
import { createRandom } from '../../simulate/random';
import { PERFECT_WORLD } from '../../simulate/world';
import { MONDAY, PERFECT_PLAN } from './perfect-plan';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const day = [{ open: '08:00', close: '18:00' }];
const HOURS: Hours = {
  timeZone: 'UTC',
  week: { mon: day, tue: day, wed: day, thu: day, fri: day },
  holidays: [],
  outside: 'closed',
};

/** What the actions set in a week, and how many minutes after Monday began. */
function actionsOf(settings: Partial<FleetSettings>, late: readonly [number, number] = [0, 0]) {
  const agenda = new Agenda(MONDAY);
  const actions: { minute: number; desired: number }[] = [];
  const group = {
    setDesired: (desired: number) => actions.push({ minute: (agenda.now - MONDAY) / MINUTE, desired }),
  };
  const world = { ...PERFECT_WORLD, scheduleLate: late };
  const scene = { agenda, group, world, random: createRandom(1, 'scaler') } as unknown as Scene;
  scheduleActions({ ...PERFECT_PLAN.settings, hours: HOURS, ...settings }, scene, MONDAY + 7 * DAY);
  agenda.runUntil(MONDAY + 7 * DAY);
  return actions;
}

test('before it opens a fleet gets its warm capacity, and none when it closes, five days a week', () => {
  const actions = actionsOf({ warm: 3 });
  expect(actions.map(({ desired }) => desired)).toEqual(Array.from({ length: 5 }, () => [3, 0]).flat());
  actions.forEach(({ minute }, index) => {
    const today = Math.floor(index / 2) * 1440;
    if (index % 2 === 1) expect(minute).toBe(today + 18 * 60);
    else {
      expect(minute).toBeLessThan(today + 8 * 60);
      expect(minute).toBeGreaterThan(today + 7 * 60 + 30);
    }
  });
});

test('an action fires late, never early, and by two minutes at most', () => {
  const minutes = (late: readonly [number, number]) =>
    actionsOf({ warm: 3 }, late).map(({ minute }) => minute);
  const punctual = minutes([0, 0]);
  const delays = minutes(PERFECT_WORLD.scheduleLate).map((minute, index) => minute - (punctual[index] ?? 0));
  expect(delays).toHaveLength(10);
  expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...delays)).toBeLessThanOrEqual(2);
  // Some in the first and some in the second minute.
  expect(Math.min(...delays)).toBeLessThan(1);
  expect(Math.max(...delays)).toBeGreaterThan(1);
});

test('warm capacity by the hour is left to the scaler, and closing is not', () => {
  const byHour = Array.from({ length: 24 }, () => 2);
  expect(new Set(actionsOf({ warm: { timeZone: 'UTC', byHour } }).map(({ desired }) => desired))).toEqual(
    new Set([0]),
  );
});

test.each<[what: string, hours: Hours | undefined]>([
  ['is never closed', undefined],
  ['serves at all times', { ...HOURS, outside: 'on-demand' }],
])('a fleet that %s has no actions', (_, hours) => {
  expect(actionsOf({ warm: 3, hours })).toEqual([]);
});

import { emptyBill } from '../../simulate/ledger';
import type { FleetPlan } from '../../simulate/plan';
import type { runFleet } from '../../simulate/run';
import { toIdleLimit, verify } from '../../simulate/verify';
import { PERFECT_WORLD } from '../../simulate/world';
import { jobAt, MONDAY, PERFECT_PLAN } from './perfect-plan';

type Result = ReturnType<typeof runFleet>;

const HOUR = 3_600_000;
/** Ten jobs of two minutes each. */
const JOBS = Array.from({ length: 10 }, (_, index) => jobAt(index * 60));

/** Perfect: each job done on an instance of its own, and nothing left in the evening. */
const RESULT: Result = {
  jobs: 10,
  fates: { open: 0, done: 10, killed: 0, crashed: 0, reclaimed: 0 },
  twice: 0,
  waits: { p50: 50, p95: 70, p99: 80, max: 90 },
  quantiles: [],
  cost: 0.05,
  bill: { ...emptyBill(), jobs: 0.03, boot: 0.02, instanceHours: 0.5, instances: 10 },
  utilisation: 0.6,
  peak: 3,
  began: MONDAY + 9 * HOUR,
  left: { at: MONDAY + 20 * HOUR, queued: 0, running: 0, instances: 0, desired: 0 },
  longestIdle: { id: 'linux-1', seconds: 70 },
  looks: 100,
};
const withLeft = (left: Partial<Result['left']>) => ({ left: { ...RESULT.left, ...left } });
const withSettings = (settings: Partial<FleetPlan['settings']>): FleetPlan => ({
  ...PERFECT_PLAN,
  settings: { ...PERFECT_PLAN.settings, ...settings },
});
const violationsOf = (deviation: Partial<Result> = {}, plan = PERFECT_PLAN) =>
  verify(plan, JOBS, PERFECT_WORLD, { ...RESULT, ...deviation });

const HOURS = {
  timeZone: 'UTC',
  week: { mon: [{ open: '08:00', close: '18:00' }] },
  holidays: [],
  outside: 'closed' as const,
};

test('a perfect week violates nothing', () => {
  expect(violationsOf()).toEqual([]);
});

test.each<[what: string, deviation: Partial<Result>, names: string]>([
  ['a job that scaling killed', { fates: { ...RESULT.fates, done: 9, killed: 1 } }, '1 jobs were killed'],
  ['a job that ran twice', { twice: 2 }, '2 jobs were run more than once'],
  ['a job that nobody served', { fates: { ...RESULT.fates, done: 7, open: 3 } }, '3 of 10 jobs'],
  ['a queue that is not empty', withLeft({ queued: 4 }), '4 queued'],
  ['a job that the CI takes for running', withLeft({ running: 5 }), '5 running'],
  ['an instance that nobody needs', withLeft({ instances: 1 }), '1 instances are left, 0'],
  ['a desired that nobody needs', withLeft({ desired: 6 }), 'desired stays at 6, 0'],
  [
    'an instance that idles for ever',
    { longestIdle: { id: 'linux-7', seconds: 86_400 } },
    'linux-7 had no job for 86400 s',
  ],
  ['a bill that runs away', { bill: { ...RESULT.bill, instanceHours: 50 } }, '50.00 instance-hours'],
])('%s is found, alone, with its number', (_, deviation, names) => {
  expect(violationsOf(deviation)).toEqual([expect.stringContaining(names)]);
});

test('each of several violations is told', () => {
  const fates = { ...RESULT.fates, done: 8, killed: 1, open: 1 };
  expect(
    violationsOf({ fates, twice: 1, ...withLeft({ queued: 1, instances: 1, desired: 1 }) }),
  ).toHaveLength(6);
});

test('a job lost to a crash, or to AWS that takes spot back, is no violation', () => {
  expect(violationsOf({ fates: { ...RESULT.fates, done: 8, crashed: 1, reclaimed: 1 } })).toEqual([]);
});

describe('warm instances', () => {
  const warm = withSettings({ warm: 2 });
  const idle = { longestIdle: { id: 'linux-1', seconds: 86_400 } };

  it('may stay, and be idle as long as they like', () => {
    expect(violationsOf({ ...withLeft({ instances: 2, desired: 2 }), ...idle }, warm)).toEqual([]);
  });

  it('are no more than there should be', () => {
    expect(violationsOf(withLeft({ instances: 3, desired: 2 }), warm)).toHaveLength(1);
    expect(violationsOf(withLeft({ instances: 2, desired: 3 }), warm)).toHaveLength(1);
  });

  it('do not stay in a fleet that is closed', () => {
    const closed = withSettings({ warm: 2, hours: HOURS });
    expect(violationsOf(withLeft({ instances: 2, desired: 2 }), closed)).toHaveLength(2);
    const noon = withLeft({ at: MONDAY + 12 * HOUR, instances: 2, desired: 2 });
    expect(violationsOf(noon, closed)).toEqual([]);
  });

  it('by the hour stay at their hours alone', () => {
    const byHour = Array.from({ length: 24 }, (_, hour) => (hour === 12 ? 2 : 0));
    const atNoon = withSettings({ warm: { timeZone: 'UTC', byHour } });
    const left = { instances: 2, desired: 2 };
    expect(violationsOf({ ...withLeft({ ...left, at: MONDAY + 12 * HOUR }), ...idle }, atNoon)).toEqual([]);
    expect(violationsOf(withLeft({ ...left, at: MONDAY + 13 * HOUR }), atNoon)).toHaveLength(2);
  });
});

test('who is idle for longer is allowed what the fleet says', () => {
  const patient = { ...PERFECT_PLAN, life: { ...PERFECT_PLAN.life, idleSeconds: 7200 } };
  const seconds = toIdleLimit(PERFECT_PLAN) + 60;
  expect(violationsOf({ longestIdle: { id: 'linux-1', seconds } }, patient)).toEqual([]);
  expect(violationsOf({ longestIdle: { id: 'linux-1', seconds } })).toHaveLength(1);
});

test('a bill may have all jobs, and for each instance a slow boot and its idle time', () => {
  // Ten jobs of two minutes; ten instances that boot (p95 70 s, four times), idle for a minute and take ten to leave.
  const most = (10 * 120 + 10 * (4 * 70 + 60 + 600)) / 3600;
  const billOf = (instanceHours: number) => ({ bill: { ...RESULT.bill, instanceHours } });
  expect(violationsOf(billOf(most - 0.01))).toEqual([]);
  expect(violationsOf(billOf(most + 0.01))).toHaveLength(1);
});

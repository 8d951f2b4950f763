import { emptyBill } from '../../simulate/ledger';
import { measure, toWaits } from '../../simulate/measure';
import type { SimulatedJob } from '../../simulate/trace';

/** Perfect: it ran once, and was done. */
const jobOf = (deviation: Partial<SimulatedJob> = {}): SimulatedJob => ({
  submitted: 0,
  duration: 60,
  wait: 10,
  starts: 1,
  fate: 'done',
  ...deviation,
});
const BILL = { ...emptyBill(), jobs: 6, boot: 1, idle: 2, drain: 1, instanceHours: 100, instances: 9 };
const waitsOf = (count: number) => Float64Array.from({ length: count }, (_, index) => index + 1);

test('waits of a hundred jobs: half of them no longer than the median, 95 no longer than p95, and so on', () => {
  expect(toWaits(waitsOf(100))).toEqual({ p50: 51, p95: 96, p99: 100, max: 100 });
});

test.each([1, 2, 3, 19, 20, 21, 99, 100, 101, 1000])(
  'of %d jobs no fewer waited at most so long than is said',
  (count) => {
    const sorted = waitsOf(count);
    const { p50, p95, p99, max } = toWaits(sorted);
    const within = (limit: number) => sorted.filter((wait) => wait <= limit).length / count;
    expect(within(p50)).toBeGreaterThanOrEqual(0.5);
    expect(within(p95)).toBeGreaterThanOrEqual(0.95);
    expect(within(p99)).toBeGreaterThanOrEqual(0.99);
    expect(within(max)).toBe(1);
    // And not by more than one job.
    expect(within(p50) - 1 / count).toBeLessThanOrEqual(0.5);
    expect(within(p95) - 1 / count).toBeLessThanOrEqual(0.95);
    expect(within(p99) - 1 / count).toBeLessThanOrEqual(0.99);
  },
);

test('waits of one job are its wait, of none are nothing', () => {
  expect(toWaits(waitsOf(1))).toEqual({ p50: 1, p95: 1, p99: 1, max: 1 });
  expect(toWaits(waitsOf(0))).toEqual({ p50: 0, p95: 0, p99: 0, max: 0 });
});

test('waits are in order whatever the order of the jobs, and by number', () => {
  const { waits, quantiles } = measure(
    [100, 9, 20].map((wait) => jobOf({ wait })),
    BILL,
    1,
  );
  expect(waits).toMatchObject({ p50: 20, max: 100 });
  expect([quantiles[0], quantiles[50], quantiles[100]]).toEqual([9, 20, 100]);
});

test('quantiles are the ends of a hundred shares, from the shortest to the longest', () => {
  const jobs = Array.from({ length: 1000 }, (_, index) => jobOf({ wait: index }));
  const { quantiles } = measure(jobs, BILL, 1);
  expect(quantiles).toHaveLength(101);
  expect([quantiles[0], quantiles[25], quantiles[100]]).toEqual([0, 250, 999]);
  expect(quantiles).toEqual([...quantiles].sort((one, other) => one - other));
});

test('a job that never ran is open, and has no wait', () => {
  const jobs = [jobOf(), jobOf({ wait: undefined, starts: 0, fate: 'open' })];
  expect(measure(jobs, BILL, 1)).toMatchObject({
    jobs: 2,
    fates: { done: 1, open: 1 },
    waits: { p50: 10, max: 10 },
  });
});

test('fates are counted, each by its own name', () => {
  const fates = ['done', 'done', 'killed', 'crashed', 'reclaimed', 'open'] as const;
  const { fates: counted } = measure(
    fates.map((fate) => jobOf({ fate })),
    BILL,
    1,
  );
  expect(counted).toEqual({ done: 2, killed: 1, crashed: 1, reclaimed: 1, open: 1 });
});

test('who was begun again counts once', () => {
  expect(measure([jobOf(), jobOf({ starts: 2 }), jobOf({ starts: 5 })], BILL, 1).twice).toBe(2);
});

test('cost is the whole bill, and used is what of it was for jobs', () => {
  expect(measure([jobOf()], BILL, 7)).toMatchObject({ cost: 10, utilisation: 0.6, peak: 7, bill: BILL });
});

test('no job and no bill: zeros, and no division by them', () => {
  expect(measure([], emptyBill(), 0)).toMatchObject({
    jobs: 0,
    cost: 0,
    utilisation: 0,
    quantiles: [],
    waits: { p50: 0, p95: 0, p99: 0, max: 0 },
  });
});

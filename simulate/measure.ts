/** What a simulation comes to. */
import { type Bill, toTotal } from './ledger';
import type { Fate, SimulatedJob } from './trace';

export interface Waits {
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

export interface Measured {
  jobs: number;
  fates: Record<Fate, number>;
  /** Jobs that were begun more than once. */
  twice: number;
  /** Seconds. */
  waits: Waits;
  /** Waits in a hundred equal shares of the jobs, from the shortest to the longest, seconds. */
  quantiles: number[];
  /** Dollars. */
  cost: number;
  bill: Bill;
  /** Of the hours paid for, those with a job. */
  utilisation: number;
  /** Most instances at once. */
  peak: number;
}

const SHARES = 100;

const toQuantiles = (sorted: Float64Array): number[] =>
  sorted.length === 0
    ? []
    : Array.from(
        { length: SHARES + 1 },
        (_, share) => sorted[Math.min(sorted.length - 1, Math.floor((share / SHARES) * sorted.length))] ?? 0,
      );

/** @param sorted seconds, the shortest first */
export function toWaits(sorted: Float64Array): Waits {
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: sorted.at(-1) ?? 0 };
}

export function measure(jobs: readonly SimulatedJob[], bill: Bill, peak: number): Measured {
  const fates: Record<Fate, number> = { open: 0, done: 0, killed: 0, crashed: 0, reclaimed: 0 };
  let twice = 0;
  for (const { fate, starts } of jobs) {
    fates[fate] += 1;
    if (starts > 1) twice += 1;
  }
  const waited = Float64Array.from(
    jobs.filter(({ wait }) => wait !== undefined),
    ({ wait }) => wait as number,
  ).sort();
  const cost = toTotal(bill);
  return {
    jobs: jobs.length,
    fates,
    twice,
    waits: toWaits(waited),
    quantiles: toQuantiles(waited),
    cost,
    bill,
    utilisation: cost === 0 ? 0 : bill.jobs / cost,
    peak,
  };
}

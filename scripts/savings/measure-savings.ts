/**
 * What a fleet saved against instances that always run: pure. Hours are instance-hours, unless they are called hours of
 * the period. What is unknown is in no sum, neither as used nor as saved.
 */
import type { Price } from '../../config/prices';
import { findGaps, type Gap, type Period, toSteps } from './period';

/** Instances by the beginning of their step, milliseconds since 1970; averages are welcome. Absent: unknown. */
export type Series = ReadonlyMap<number, number>;

export interface Terms {
  /** Of the fleet, now. */
  max: number;
  /** Steps in which its hours had it closed. */
  closed: ReadonlySet<number>;
  spotPercent: number;
  /** Undefined: no dollars. */
  price: Price | undefined;
}

export interface Savings {
  /** Hours of the period. */
  known: number;
  unknown: number;
  gaps: Gap[];
  used: number;
  /** Dollars. */
  spent: number | undefined;
  /** Against `max` at all times, and against as many as there ever were at once, which is the fairer. */
  ofMax: Compared;
  ofPeak: Compared;
}

export interface Compared {
  /** That always run; on demand. */
  instances: number;
  hours: number;
  /** What of it was not used while the fleet was closed, and while it was open. With `used` they are `hours`. */
  closed: number;
  fewer: number;
  /** The same, and what the hours that were used cost less because spot did them. With `spent` they are `total`. */
  dollars: { total: number; closed: number; fewer: number; spot: number } | undefined;
}

const HOUR = 3600_000;

/** @returns undefined when nothing is known */
export function measureSavings(series: Series, terms: Terms, period: Period): Savings | undefined {
  const steps = toSteps(period);
  const seen = steps.flatMap((at) => {
    const count = series.get(at);
    return count === undefined ? [] : [{ count, isClosed: terms.closed.has(at) }];
  });
  if (seen.length === 0) return undefined;
  const length = period.step / HOUR;
  const used = sum(seen.map(({ count }) => count)) * length;
  const spent = terms.price && used * toMixed(terms.price, terms.spotPercent);
  const compare = (instances: number): Compared => {
    // More than `max` were there before somebody lowered it: then as many would have been always on.
    const unused = (isClosed: boolean) =>
      sum(seen.map((one) => (one.isClosed === isClosed ? Math.max(0, instances - one.count) : 0))) * length;
    const [closed, fewer] = [unused(true), unused(false)];
    return {
      instances,
      hours: used + closed + fewer,
      closed,
      fewer,
      dollars:
        terms.price && spent !== undefined
          ? toDollars(terms.price, { used, spent, closed, fewer })
          : undefined,
    };
  };
  return {
    known: seen.length * length,
    unknown: (steps.length - seen.length) * length,
    gaps: findGaps(series, period),
    used,
    spent,
    ofMax: compare(terms.max),
    ofPeak: compare(toPeak(seen.map(({ count }) => count))),
  };
}

/** Instances are whole: an average of 2.4 had three at some moment. */
const toPeak = (counts: readonly number[]): number =>
  counts.reduce((most, count) => Math.max(most, Math.ceil(count - 1e-9)), 0);

const toMixed = ({ onDemand, spot }: Price, percent: number): number =>
  onDemand + (spot - onDemand) * (percent / 100);

function toDollars(
  { onDemand }: Price,
  { used, spent, closed, fewer }: { used: number; spent: number; closed: number; fewer: number },
): Compared['dollars'] {
  const dollars = { closed: closed * onDemand, fewer: fewer * onDemand, spot: used * onDemand - spent };
  return { total: spent + dollars.closed + dollars.fewer + dollars.spot, ...dollars };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

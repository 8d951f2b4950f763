/** A comparison as a table for a terminal: rows and cells; who prints it makes columns of them. */
import type { Compared } from './compare';
import { toTotal } from './ledger';
import type { Measured } from './measure';

const MINUTE = 60;
const HOUR = 3600;

/** @param value seconds */
export function toWait(value: number): string {
  if (value < 2) return `${value.toFixed(2)} s`;
  if (value < 100) return `${value.toFixed(1)} s`;
  if (value < 10 * MINUTE) return `${Math.round(value)} s`;
  return value < 3 * HOUR ? `${Math.round(value / MINUTE)} min` : `${Math.round(value / HOUR)} h`;
}
export const toCount = (value: number) => Math.round(value).toLocaleString('en');
export const toDollars = (value: number) => (value < 100 ? value.toFixed(2) : toCount(value));
const percent = (part: number, whole: number) =>
  whole === 0 ? '–' : `${Math.round((100 * part) / whole)} %`;

/** @param cost dollars, as `bound` */
export const toShare = (cost: number, bound: number) => (bound === 0 ? '–' : (cost / bound).toFixed(2));

/** What a fleet comes to, whatever stands beside it. */
export const OUTCOME_HEAD = ['wait p50', 'p95', 'p99', 'longest', 'cost $', '× bound'];
export const toOutcome = ({ waits, cost }: Pick<Measured, 'waits' | 'cost'>, bound: number): string[] => [
  ...[waits.p50, waits.p95, waits.p99, waits.max].map(toWait),
  ...[toDollars(cost), toShare(cost, bound)],
];

export const HEAD = ['policy', ...OUTCOME_HEAD, 'jobs', 'boot', 'idle', 'drain', 'hours', 'peak', 'killed'];

export function toRows(compared: readonly Compared[]): string[][] {
  const bound = compared.find(({ name }) => name === 'bound')?.measured.cost ?? 0;
  return compared.map(({ name, measured }) => {
    const { bill, peak, fates } = measured;
    const total = toTotal(bill);
    return [
      name,
      ...toOutcome(measured, bound),
      percent(bill.jobs, total),
      percent(bill.boot, total),
      percent(bill.idle, total),
      percent(bill.drain, total),
      toCount(bill.instanceHours),
      peak === 0 ? '–' : String(peak),
      String(fates.killed),
    ];
  });
}

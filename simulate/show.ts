/** A comparison as a table for a terminal: rows and cells; who prints it makes columns of them. */
import type { Compared } from './compare';
import { toTotal } from './ledger';

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

export const HEAD = [
  'policy',
  'wait p50',
  'p95',
  'p99',
  'longest',
  'cost $',
  '× bound',
  'jobs',
  'boot',
  'idle',
  'drain',
  'hours',
  'peak',
  'killed',
];

export function toRows(compared: readonly Compared[]): string[][] {
  const bound = compared.find(({ name }) => name === 'bound')?.measured.cost ?? 0;
  return compared.map(({ name, measured: { waits, cost, bill, peak, fates } }) => {
    const total = toTotal(bill);
    return [
      name,
      toWait(waits.p50),
      toWait(waits.p95),
      toWait(waits.p99),
      toWait(waits.max),
      toDollars(cost),
      bound === 0 ? '–' : (cost / bound).toFixed(2),
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

import { compare } from '../../simulate/compare';
import { HEAD, toRows } from '../../simulate/show';
import { PERFECT_WORLD } from '../../simulate/world';
import { jobAt, PERFECT_PLAN } from './perfect-plan';

const PLAN = { ...PERFECT_PLAN, settings: { ...PERFECT_PLAN.settings, max: 10 } };
const JOBS = Array.from({ length: 50 }, (_, index) => jobAt(index * 300));
const COMPARED = compare(PLAN, JOBS, PERFECT_WORLD);
const named = (name: string) => {
  const found = COMPARED.find((each) => each.name === name);
  if (!found) throw new Error(`${name} was not compared`);
  return found;
};
const rowOf = (name: string, compared = COMPARED) =>
  toRows(compared).find(([policy]) => policy === name) ?? [];
const cellOf = (column: string, name: string, compared = COMPARED) =>
  rowOf(name, compared)[HEAD.indexOf(column)];

describe('a comparison', () => {
  it('has every policy of the documentation once, each with all jobs', () => {
    expect(COMPARED.map(({ name }) => name)).toEqual([
      'muster',
      'all-knowing',
      'always-on',
      'published, fails open',
      'published, freezes',
      'bound',
    ]);
    for (const { measured } of COMPARED) expect(measured.jobs).toBe(JOBS.length);
  });

  it('counts the reasons of each decision, of the deployed scaler alone', () => {
    const looks = 'looks' in named('muster').measured ? named('muster').measured : { looks: undefined };
    const { reasons } = named('muster');
    const sum = Object.values(reasons).reduce((total, count) => total + count, 0);
    expect(looks).toMatchObject({ looks: sum });
    expect(sum).toBeGreaterThan(JOBS.length);
    for (const { name, reasons: others } of COMPARED) if (name !== 'muster') expect(others).toEqual({});
  });

  it('is seen over time, from the first job on, in a number of points that can be drawn', () => {
    const points = named('muster').timeline?.points ?? [];
    expect(points[0]?.at).toBeLessThanOrEqual(JOBS[0]?.submitted ?? 0);
    expect(points.length).toBeGreaterThan(JOBS.length);
    expect(points.length).toBeLessThan(1500);
    expect(named('bound').timeline).toBeUndefined();
  });

  it('shows jobs and instances as they were at their most', () => {
    const points = compare(
      PLAN,
      Array.from({ length: 6 }, () => jobAt(0, 600)),
      PERFECT_WORLD,
    )[0]?.timeline?.points;
    expect(Math.max(...(points ?? []).map(({ queued }) => queued))).toBe(6);
    expect(Math.max(...(points ?? []).map(({ running }) => running))).toBe(6);
    expect(Math.max(...(points ?? []).map(({ pending, inService }) => pending + inService))).toBe(6);
  });

  it('gives always-on neither spot nor a pool, for it is never without an instance', () => {
    const cheap = { ...PLAN, group: { ...PLAN.group, spotPercent: 100, stopped: 5 } };
    const find = (plan: typeof PLAN) =>
      compare(plan, JOBS, PERFECT_WORLD).find(({ name }) => name === 'always-on')?.measured.cost;
    expect(find(cheap)).toBe(find(PLAN));
  });
});

describe('the table', () => {
  it('has a cell below each head', () => {
    for (const row of toRows(COMPARED)) expect(row).toHaveLength(HEAD.length);
  });

  it('tells the cost in terms of the bound, which is 1.00', () => {
    const share = named('muster').measured.cost / named('bound').measured.cost;
    expect(cellOf('× bound', 'muster')).toBe(share.toFixed(2));
    expect(cellOf('× bound', 'bound')).toBe('1.00');
  });

  it('shares the bill among jobs, boot, idle and drain', () => {
    for (const { name } of COMPARED) {
      const parts = ['jobs', 'boot', 'idle', 'drain'].map((part) =>
        Number.parseInt(cellOf(part, name) ?? '', 10),
      );
      expect(Math.abs(parts.reduce((sum, part) => sum + part, 0) - 100)).toBeLessThanOrEqual(2);
    }
  });

  const waiting = (p95: number) =>
    COMPARED.map((each) => ({
      ...each,
      measured: { ...each.measured, waits: { ...each.measured.waits, p95 } },
    }));
  it.each([
    [0, '0.00 s'],
    [2.34, '2.3 s'],
    [9.94, '9.9 s'],
    [75.4, '75.4 s'],
    [599.4, '599 s'],
    [601, '10 min'],
    [5400, '90 min'],
    [20_000, '6 h'],
  ])('a wait of %d s reads %s', (seconds, text) => {
    expect(cellOf('p95', 'muster', waiting(seconds))).toBe(text);
  });

  it('has a dash where there is nothing to divide by', () => {
    const measured = {
      ...named('bound').measured,
      cost: 0,
      bill: { jobs: 0, boot: 0, idle: 0, drain: 0, instanceHours: 0, instances: 0 },
    };
    const free = COMPARED.map((each) => ({ ...each, measured }));
    for (const column of ['× bound', 'jobs', 'boot', 'idle', 'drain', 'peak'])
      expect(cellOf(column, 'muster', free)).toBe('–');
  });
});

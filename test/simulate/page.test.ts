import type { Advice } from '../../simulate/advise';
import { type Compared, compare } from '../../simulate/compare';
import { buildPage, type Report } from '../../simulate/page';
import type { Job } from '../../simulate/trace';
import { PERFECT_WORLD } from '../../simulate/world';
import { findFaults } from './html-faults';
import { jobAt, PERFECT_PLAN } from './perfect-plan';

const PLAN = { ...PERFECT_PLAN, settings: { ...PERFECT_PLAN.settings, max: 10 } };
const compareJobs = (jobs: readonly Job[]) => compare(PLAN, jobs, PERFECT_WORLD);
const JOBS = Array.from({ length: 20 }, (_, index) => jobAt(index * 200));
const COMPARED = compareJobs(JOBS);

const NOTHING_MORE = { bound: 1, unseen: undefined, answers: [], recommended: [] };
const ADVICE: Advice = {
  tried: [
    { name: 'cheap', cost: 1, p50: 50, p95: 70, isBest: true },
    { name: 'fast', cost: 2, p50: 0, p95: 0, isBest: true },
    { name: 'neither', cost: 3, p50: 50, p95: 70, isBest: false },
  ],
  chosen: [
    { goal: 'cheapest', setting: { name: 'cheap', cost: 1, p50: 50, p95: 70, isBest: true } },
    { goal: 'impossible', setting: undefined },
  ],
  ...NOTHING_MORE,
};

/** The same, tried with other jobs. */
const PROVED: Advice = {
  ...ADVICE,
  unseen: { source: 'another week', bound: 2 },
  chosen: ADVICE.chosen.map(({ goal, setting }) => ({
    goal,
    setting: setting && { ...setting, unseen: { cost: 3, p50: 1.25, p95: 44 } },
  })),
};

const pageOf = (deviation: Partial<Report> = {}) =>
  buildPage({
    fleet: 'linux',
    source: '20 jobs',
    world: 'nothing goes wrong',
    price: '$0.1 an hour',
    compared: COMPARED,
    advice: undefined,
    command: 'make simulate FLEET=linux',
    ...deviation,
  });
/** As if every policy had measured this. */
const withMeasured = (deviation: Partial<Compared['measured']>) =>
  COMPARED.map((each) => ({ ...each, measured: { ...each.measured, ...deviation } }));

test('each policy is named and explained', () => {
  const page = pageOf();
  const cells = [...page.matchAll(/<td>([^<]*)<\/td>/g)].map(([, cell]) => cell);
  for (const { name, what } of COMPARED) expect(cells).toEqual(expect.arrayContaining([name, what]));
});

test('it is one file that loads nothing and runs nothing', () => {
  const page = pageOf({ advice: ADVICE });
  expect(page.slice(0, 32)).toBe('<!doctype html>\n<html lang="en">');
  expect(page.match(/<script|<link|<img|\bon\w+="|(?:src|href)="(?!#)|@import|url\((?!#)/g)).toBeNull();
});

test.each<[what: string, deviation: () => Partial<Report>]>([
  ['some jobs', () => ({})],
  ['advice', () => ({ advice: ADVICE })],
  ['advice that was tried with other jobs', () => ({ advice: PROVED })],
  ['one job', () => ({ compared: compareJobs([jobAt(0)]) })],
  ['all jobs at the same moment', () => ({ compared: compareJobs(JOBS.map(() => jobAt(0))) })],
  ['jobs that take no time', () => ({ compared: compareJobs([jobAt(0, 0), jobAt(60, 0)]) })],
  [
    'no wait at all',
    () => ({
      compared: withMeasured({ waits: { p50: 0, p95: 0, p99: 0, max: 0 }, quantiles: Array(101).fill(0) }),
    }),
  ],
  [
    'no job that ever began',
    () => ({
      compared: withMeasured({ waits: { p50: 0, p95: 0, p99: 0, max: 0 }, quantiles: [] }),
    }),
  ],
  [
    'no cost at all',
    () => ({
      compared: withMeasured({
        cost: 0,
        utilisation: 0,
        bill: { jobs: 0, boot: 0, idle: 0, drain: 0, instanceHours: 0, instances: 0 },
      }),
      advice: ADVICE,
    }),
  ],
  [
    'advice that costs nothing and waits for nothing',
    () => ({
      advice: {
        tried: [{ name: 'free', cost: 0, p50: 0, p95: 0, isBest: true }],
        chosen: [{ goal: 'cheapest', setting: undefined }],
        ...NOTHING_MORE,
      },
    }),
  ],
  ['one policy alone', () => ({ compared: COMPARED.filter(({ name }) => name === 'muster') })],
])('every element is closed and every value is one: %s', (_, deviation) => {
  expect(findFaults(pageOf(deviation()))).toEqual([]);
});

const HOSTILE = `<b>"it's" & co</b>`;
test.each<[field: keyof Report, deviation: Partial<Report>]>([
  ['fleet', { fleet: HOSTILE }],
  ['source', { source: HOSTILE }],
  ['world', { world: HOSTILE }],
  ['price', { price: HOSTILE }],
  ['command', { command: HOSTILE }],
  [
    'compared',
    {
      compared: COMPARED.map((each) => ({
        ...each,
        name: HOSTILE,
        what: HOSTILE,
        reasons: { [HOSTILE]: 1 },
      })),
    },
  ],
  [
    'advice',
    {
      advice: {
        tried: [{ name: HOSTILE, cost: 1, p50: 1, p95: 1, isBest: true }],
        chosen: [{ goal: HOSTILE, setting: { name: HOSTILE, cost: 1, p50: 1, p95: 1, isBest: true } }],
        answers: [{ target: HOSTILE, isMet: false, lines: [HOSTILE] }],
        recommended: [],
        ...{ bound: 1, unseen: { source: HOSTILE, bound: 1 } },
      },
    },
  ],
])('what somebody named is text, never an element: %s', (_, deviation) => {
  const page = pageOf(deviation);
  expect(page.includes('&lt;b&gt;')).toBe(true);
  expect(findFaults(page)).toEqual([]);
});

test('reasons are told, the most frequent first', () => {
  const reasons = { rare: 1, frequent: 900 };
  const page = pageOf({ compared: COMPARED.map((each) => ({ ...each, reasons })) });
  expect(page.indexOf('<td>frequent</td><td>900</td>')).toBeGreaterThan(0);
  expect(page.indexOf('<td>frequent</td>')).toBeLessThan(page.indexOf('<td>rare</td>'));
});

test('what a setting came to with other jobs stands beside what it came to with these', () => {
  const cells = (advice: Advice) => pageOf({ advice }).match(/<td>cheapest.*?<\/tr>/s)?.[0];
  expect(cells(PROVED)).toMatch(/50\.0 s.*70\.0 s.*1\.00.*1\.25 s.*44\.0 s.*1\.50.*cheap/s);
  expect(cells(ADVICE)).not.toContain('44.0 s');
  expect(pageOf({ advice: PROVED })).toContain('another week');
});

test('a page that is broken is found to be', () => {
  const page = pageOf();
  expect(findFaults(page.replace('</table>', ''))).not.toEqual([]);
  expect(findFaults(page.replace('<h1>', '<h1>fleet <b'))).not.toEqual([]);
  expect(findFaults(page.replace('<h1>', '<h1>NaN s'))).not.toEqual([]);
});

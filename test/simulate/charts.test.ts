import { timeChart, waitChart } from '../../simulate/charts';
import { toBound } from '../../simulate/policies/bound';
import { PERFECT_WORLD } from '../../simulate/world';
import { findFaults } from './html-faults';
import { jobAt, MORNING, PERFECT_PLAN } from './perfect-plan';

const MEASURED = toBound([jobAt(0)], PERFECT_WORLD, PERFECT_PLAN);
const waitsOf = (...waits: number[]) =>
  waitChart([
    {
      ...{ name: 'muster', what: '', reasons: {}, timeline: undefined },
      measured: {
        ...MEASURED,
        quantiles: Array.from({ length: 101 }, (_, share) => waits[share] ?? waits[0] ?? 0),
      },
    },
  ]);
/** The longest line of a chart, as its places. */
const toCurve = (chart: string) =>
  [...chart.matchAll(/ d="([^"]*)"/g)]
    .map(([, places = '']) => places.split('L'))
    .sort((one, other) => other.length - one.length)[0] ?? [];

test('a curve of waits has a place for each of its hundred shares', () => {
  const rising = Array.from({ length: 101 }, (_, share) => 1 + share);
  expect(toCurve(waitsOf(...rising))).toHaveLength(101);
});

test('who does not wait is drawn as one who waits a second, where the axis begins', () => {
  expect(toCurve(waitsOf(0))).toEqual(toCurve(waitsOf(1)));
  expect(toCurve(waitsOf(0))).not.toEqual(toCurve(waitsOf(60)));
});

const POINT = { at: MORNING, queued: 1, running: 2, pending: 3, inService: 4, draining: 5 };
test.each([
  ['no point', []],
  ['one point', [POINT]],
  ['points at the same moment', [POINT, POINT]],
  [
    'nothing at any time',
    [0, 1].map((index) => ({
      at: MORNING + index * 1000,
      queued: 0,
      running: 0,
      pending: 0,
      inService: 0,
      draining: 0,
    })),
  ],
])('a picture over time is one with %s', (_, points) => {
  const chart = timeChart(points);
  expect(findFaults(chart)).toEqual([]);
  for (const name of ['jobs running', 'jobs waiting', 'in service', 'starting', 'leaving'])
    expect(chart).toContain(name);
});

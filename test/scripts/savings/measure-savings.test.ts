import fc from 'fast-check';
import { measureSavings, type Series, type Terms } from '../../../scripts/savings/measure-savings';
import { findClosed, type Period, STEP, toPeriod, toSteps } from '../../../scripts/savings/period';

const HOUR = 3600_000;
const MONDAY = Date.UTC(2026, 10, 16);
/** Ten hours of a Monday. */
const PERIOD: Period = { from: MONDAY, to: MONDAY + 10 * HOUR, step: STEP };
const STEPS = toSteps(PERIOD);
/** The first four hours. */
const CLOSED = new Set(STEPS.slice(0, 48));

/** Perfect: all is known, four instances while it is open, none before. */
const FLEET: Terms = { max: 10, closed: CLOSED, spotPercent: 0, price: { onDemand: 0.1, spot: 0.04 } };
const seriesOf = (count: (at: number) => number | undefined): Series =>
  new Map(
    STEPS.flatMap((at) => {
      const value = count(at);
      return value === undefined ? [] : [[at, value] as const];
    }),
  );
const WORK = seriesOf((at) => (CLOSED.has(at) ? 0 : 4));

function measure(series = WORK, deviation: Partial<Terms> = {}, period = PERIOD) {
  const savings = measureSavings(series, { ...FLEET, ...deviation }, period);
  if (!savings) throw new Error('nothing is known');
  return savings;
}

test('what is not used is saved by hours while it is closed, by scaling while it is open', () => {
  expect(measure()).toEqual({
    known: 10,
    unknown: 0,
    gaps: [],
    used: expect.closeTo(24),
    spent: expect.closeTo(2.4),
    ofMax: {
      instances: 10,
      hours: expect.closeTo(100),
      closed: expect.closeTo(40),
      fewer: expect.closeTo(36),
      dollars: {
        total: expect.closeTo(10),
        closed: expect.closeTo(4),
        fewer: expect.closeTo(3.6),
        spot: expect.closeTo(0),
      },
    },
    ofPeak: {
      instances: 4,
      hours: expect.closeTo(40),
      closed: expect.closeTo(16),
      fewer: expect.closeTo(0),
      dollars: {
        total: expect.closeTo(4),
        closed: expect.closeTo(1.6),
        fewer: expect.closeTo(0),
        spot: expect.closeTo(0),
      },
    },
  });
});

test.each<[what: string, series: Series, deviation: Partial<Terms>, closed: number, fewer: number]>([
  ['a fleet that is always full saves nothing', seriesOf(() => 10), {}, 0, 0],
  ['a fleet that is always empty saves everything', seriesOf(() => 0), {}, 40, 60],
  ['without hours nothing is saved by them', WORK, { closed: new Set() }, 0, 76],
  ['what drains after closing time is used', seriesOf(() => 4), {}, 24, 36],
  ['half an instance is half an hour', seriesOf(() => 0.5), {}, 38, 57],
  [
    'more than max, before it was lowered, is no negative saving',
    seriesOf((at) => (at < MONDAY + 5 * HOUR ? 15 : 5)),
    { closed: new Set() },
    0,
    25,
  ],
])('%s', (_, series, deviation, closed, fewer) => {
  const { ofMax } = measure(series, deviation);
  expect([ofMax.closed, ofMax.fewer]).toEqual([expect.closeTo(closed), expect.closeTo(fewer)]);
});

test('spot saves on the hours that were used, for its share of them', () => {
  const { spent, ofMax, ofPeak } = measure(WORK, { spotPercent: 50 });
  expect(spent).toBeCloseTo(24 * 0.07);
  for (const { dollars } of [ofMax, ofPeak]) expect(dollars?.spot).toBeCloseTo(24 * 0.03);
});

test('what is unknown is neither used nor saved, and is told', () => {
  const hole = { from: MONDAY + 6 * HOUR, to: MONDAY + 8 * HOUR };
  const late = { from: MONDAY + 9 * HOUR, to: MONDAY + 10 * HOUR };
  const isIn = (at: number) => [hole, late].some(({ from, to }) => at >= from && at < to);
  const savings = measure(seriesOf((at) => (isIn(at) ? undefined : 4)));
  expect(savings).toMatchObject({ known: 7, unknown: 3, gaps: [hole, late], used: expect.closeTo(28) });
  expect(savings.ofMax.hours).toBeCloseTo(70);
});

test('a fleet of which nothing is known has no savings', () => {
  expect(measureSavings(new Map(), FLEET, PERIOD)).toBeUndefined();
});

test('without a price there are hours, and no dollars', () => {
  const { spent, ofMax } = measure(WORK, { price: undefined });
  expect([spent, ofMax.dollars, ofMax.closed]).toEqual([undefined, undefined, expect.closeTo(40)]);
});

test('the peak is a whole number of instances, which an average hides', () => {
  expect(measure(seriesOf((at) => (at === MONDAY ? 2.2 : 1))).ofPeak.instances).toBe(3);
});

test('the parts add up to the whole, nothing is negative, and the peak is the fairer', () => {
  const count = fc.option(fc.double({ min: 0, max: 30, noNaN: true }), { nil: undefined });
  const inputs = fc.record({
    counts: fc.array(count, { minLength: STEPS.length, maxLength: STEPS.length }),
    closed: fc.uniqueArray(fc.constantFrom(...STEPS)),
    max: fc.integer({ min: 1, max: 20 }),
    spotPercent: fc.integer({ min: 0, max: 100 }),
    onDemand: fc.double({ min: 0.001, max: 10, noNaN: true }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(inputs, ({ counts, closed, max, spotPercent, onDemand, share }) => {
      const series: Series = new Map(
        STEPS.flatMap((at, index) => {
          const value = counts[index];
          return value === undefined ? [] : [[at, value] as const];
        }),
      );
      const price = { onDemand, spot: onDemand * share };
      const savings = measureSavings(series, { max, closed: new Set(closed), spotPercent, price }, PERIOD);
      if (!savings) return series.size === 0;
      const { known, unknown, gaps, used, spent = Number.NaN, ofMax, ofPeak } = savings;
      const isSame = (one: number, other: number) => Math.abs(one - other) <= 1e-6 * Math.max(1, one, other);
      const inGaps = gaps.reduce((sum, { from, to }) => sum + (to - from) / HOUR, 0);
      return (
        isSame(known + unknown, 10) &&
        isSame(inGaps, unknown) &&
        [ofMax, ofPeak].every(({ instances, hours, closed: byHours, fewer, dollars }) => {
          if (!dollars) return false;
          const parts = [used, spent, byHours, fewer, dollars.closed, dollars.fewer, dollars.spot];
          return (
            parts.every((part) => part >= -1e-9) &&
            isSame(used + byHours + fewer, hours) &&
            isSame(spent + dollars.closed + dollars.fewer + dollars.spot, dollars.total) &&
            hours >= instances * known - 1e-6
          );
        }) &&
        isSame(ofPeak.hours, ofPeak.instances * known) &&
        // As long as nobody lowered max.
        (ofPeak.instances > max || ofMax.hours >= ofPeak.hours - 1e-6)
      );
    }),
    { numRuns: 300 },
  );
});

describe('the period', () => {
  test('ends with the last five minutes that are complete and published', () => {
    const at = (time: string) => Date.parse(`2026-11-21T${time}Z`);
    expect(toPeriod(at('05:06:59'), 7)).toEqual({
      from: Date.parse('2026-11-14T05:00Z'),
      to: at('05:00'),
      step: STEP,
    });
    expect(toPeriod(at('05:07:00'), 7).to).toBe(at('05:05'));
  });

  const hours = {
    timeZone: 'Europe/Berlin',
    week: { mon: [{ open: '06:30', close: '10:00' }] },
    holidays: [] as string[],
    outside: 'closed' as const,
  };

  test('has the fleet closed outside its hours, in their time zone', () => {
    const closed = findClosed(hours, PERIOD);
    const open = STEPS.filter((at) => !closed.has(at));
    // Berlin is an hour ahead of UTC in November.
    expect([open[0], (open.at(-1) ?? 0) + STEP]).toEqual([MONDAY + 5.5 * HOUR, MONDAY + 9 * HOUR]);
  });

  test.each([
    ['no hours', undefined],
    ['on-demand hours, outside of which jobs still run', { ...hours, outside: 'on-demand' as const }],
  ])('is never closed with %s', (_, of) => {
    expect(findClosed(of, PERIOD).size).toBe(0);
  });

  test('is closed on a holiday', () => {
    expect(findClosed({ ...hours, holidays: ['2026-11-16'] }, PERIOD).size).toBe(STEPS.length);
  });
});

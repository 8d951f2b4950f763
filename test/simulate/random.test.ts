import { createRandom } from '../../simulate/random';

const DRAWS = 20_000;
const draw = <Item>(make: () => Item, count = DRAWS) => Array.from({ length: count }, make);
const sorted = (values: number[]) => [...values].sort((one, other) => one - other);
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
/** All of this has one seed, so that it holds always or never. */
const random = () => createRandom(1, 'test');

test('the same seed and purpose draw the same; another seed or another purpose draws something else', () => {
  const drawFrom = (seed: number, purpose: string) => draw(createRandom(seed, purpose).next, 20);
  expect(drawFrom(1, 'ci')).toEqual(drawFrom(1, 'ci'));
  expect(drawFrom(2, 'ci')).not.toEqual(drawFrom(1, 'ci'));
  expect(drawFrom(1, 'lives')).not.toEqual(drawFrom(1, 'ci'));
});

test('seeds beside each other have nothing to do with each other', () => {
  const first = Array.from({ length: 10_000 }, (_, seed) => createRandom(seed).next());
  expect(mean(first)).toBeCloseTo(0.5, 1);
  expect(new Set(first).size).toBeGreaterThan(9_990);
});

test('numbers are even from 0 to 1, without 1', () => {
  const values = draw(random().next);
  expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...values)).toBeLessThan(1);
  for (let tenth = 0; tenth < 10; tenth += 1) {
    const share = values.filter((value) => Math.floor(value * 10) === tenth).length / DRAWS;
    expect(Math.abs(share - 0.1)).toBeLessThan(0.01);
  }
});

test.each([
  { median: 45, p95: 70 },
  { median: 240, p95: 900 },
  { median: 0.5, p95: 5 },
])('skewed has the median and the p95 that it is given: $median and $p95', (spread) => {
  const { skewed } = random();
  const values = sorted(draw(() => skewed(spread)));
  expect((values[DRAWS * 0.5] ?? 0) / spread.median).toBeCloseTo(1, 1);
  expect((values[DRAWS * 0.95] ?? 0) / spread.p95).toBeCloseTo(1, 1);
  expect(values[0]).toBeGreaterThan(0);
  // As far below as above, in factors: log-normal.
  expect((values[DRAWS * 0.05] ?? 0) * spread.p95).toBeCloseTo(
    spread.median ** 2,
    -Math.log10(spread.median ** 2) + 1,
  );
});

test('a spread without a width is always its median', () => {
  const { skewed } = random();
  expect(new Set(draw(() => skewed({ median: 45, p95: 45 }), 100))).toEqual(new Set([45]));
});

test.each([0.01, 0.3, 0.9])('a chance of %d comes in so many', (probability) => {
  const { chance } = random();
  const share = draw(() => chance(probability)).filter(Boolean).length / DRAWS;
  expect(Math.abs(share - probability)).toBeLessThan(0.01);
});

test('a chance of 0 never comes, one of 1 always', () => {
  const { chance } = random();
  expect(draw(() => chance(0)).some(Boolean)).toBe(false);
  expect(draw(() => chance(1)).every(Boolean)).toBe(true);
});

test('events come so often as the rate says, and never at a rate of 0', () => {
  const { wait } = random();
  expect(mean(draw(() => wait(4)))).toBeCloseTo(1 / 4, 2);
  expect(wait(0)).toBe(Infinity);
});

test('between is within its ends', () => {
  const { between } = random();
  const values = draw(() => between(5, 8));
  expect(Math.min(...values)).toBeGreaterThanOrEqual(5);
  expect(Math.max(...values)).toBeLessThan(8);
  expect(mean(values)).toBeCloseTo(6.5, 1);
});

test('each item is picked as often, and of none there is none', () => {
  const { pick } = random();
  const picked = draw(() => pick(['a', 'b', 'c']));
  for (const item of ['a', 'b', 'c'])
    expect(picked.filter((one) => one === item).length / DRAWS).toBeCloseTo(1 / 3, 2);
  expect(pick([])).toBeUndefined();
});

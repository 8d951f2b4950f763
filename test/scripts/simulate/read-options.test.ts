import { readOptions } from '../../../scripts/simulate/read-options';

const problemsOf = (variables: Record<string, string>): string[] => {
  try {
    readOptions(variables);
  } catch (error) {
    return (error as Error).message.split('\n');
  }
  return [];
};

test('without anything said it is a working week of ten thousand jobs in a perfect world', () => {
  expect(readOptions({})).toMatchObject({
    fleet: undefined,
    trace: undefined,
    jobs: 10_000,
    days: 7,
    seed: 1,
    faults: 'none',
    price: undefined,
    burst: { least: 10, most: 60 },
    boot: { median: 45, p95: 70 },
    isAdvising: false,
    isJson: false,
    page: undefined,
  });
});

test('what make passes on empty is as if it were not said', () => {
  const names = [
    'FLEET',
    'TRACE',
    'JOBS',
    'DAYS',
    'BURST',
    'SEED',
    'FAULTS',
    'PRICE',
    'BOOT',
    'BOOT_P95',
    'ADVISE',
    'JSON',
  ];
  const empty = Object.fromEntries([...names, 'PAGE'].map((name) => [name, '']));
  expect(readOptions(empty)).toEqual(readOptions({}));
});

test('what is said is taken', () => {
  const variables = {
    ...{
      FLEET: 'linux',
      TRACE: 'jobs.csv',
      JOBS: '500',
      DAYS: '2',
      SEED: '7',
      FAULTS: 'usual',
      PRICE: '0.12',
    },
    ...{ BOOT: '30', BOOT_P95: '90', ADVISE: '1', JSON: '1', PAGE: 'page.html' },
  };
  expect(readOptions(variables)).toMatchObject({
    ...{ fleet: 'linux', trace: 'jobs.csv', jobs: 500, days: 2, seed: 7, faults: 'usual', price: 0.12 },
    ...{ boot: { median: 30, p95: 90 }, isAdvising: true, isJson: true, page: 'page.html' },
  });
});

test('a slower boot is slower at its slowest too', () => {
  const { boot } = readOptions({ BOOT: '100' });
  expect(boot.p95 / boot.median).toBeCloseTo(70 / 45, 1);
});

test('a boot without a spread is a boot', () => {
  expect(readOptions({ BOOT: '60', BOOT_P95: '60' }).boot).toEqual({ median: 60, p95: 60 });
});

test.each([
  ['JOBS', '0'],
  ['JOBS', 'many'],
  ['JOBS', '1e9'],
  ['DAYS', '0'],
  ['DAYS', '-7'],
  ['DAYS', '367'],
  ['SEED', '-1'],
  ['SEED', 'x'],
  ['PRICE', '0'],
  ['PRICE', '$0.12'],
  ['PRICE', '0,12'],
  ['BOOT', '0'],
  ['BOOT', '45s'],
  ['BOOT', 'Infinity'],
  ['BOOT_P95', '44'],
  ['FAULTS', 'all'],
])('%s=%s is a problem, and shows what was seen', (name, value) => {
  expect(problemsOf({ [name]: value })).toEqual([expect.stringContaining(`${name}=${value}`)]);
});

test('the slowest boots are no faster than the median one that is given', () => {
  expect(problemsOf({ BOOT: '90', BOOT_P95: '70' })).toEqual([expect.stringContaining('90')]);
});

test('all problems are told at once', () => {
  const named = problemsOf({
    JOBS: 'x',
    DAYS: 'x',
    SEED: 'x',
    FAULTS: 'x',
    PRICE: 'x',
    BOOT: 'x',
    BOOT_P95: 'x',
  });
  expect(named.map((problem) => problem.split('=')[0]).sort()).toEqual(
    ['JOBS', 'DAYS', 'SEED', 'FAULTS', 'PRICE', 'BOOT', 'BOOT_P95'].sort(),
  );
});

test('bursts are from so many jobs to so many', () => {
  expect(readOptions({ BURST: '2-6' }).burst).toEqual({ least: 2, most: 6 });
  expect(readOptions({ BURST: '1-1' }).burst).toEqual({ least: 1, most: 1 });
  for (const wrong of ['6', '0-3', '6-2', 'many'])
    expect(problemsOf({ BURST: wrong })).toEqual([
      expect.stringMatching(new RegExp(`^BURST=${wrong}: .*10-60`)),
    ]);
});

import { spawnSync } from 'node:child_process';
import { writeTemporaryFile } from './temporary-file';

const PERFECT = {
  numPassedTests: 5,
  numFailedTests: 0,
  numPendingTests: 2,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
};

function total(...runs: (object | undefined)[]) {
  const paths = runs.map((results) =>
    results ? writeTemporaryFile(JSON.stringify(results)) : '/nonexistent',
  );
  const { stdout, status } = spawnSync('node', ['scripts/test-totals.js', ...paths], { encoding: 'utf8' });
  return { last: stdout.trim().split('\n').at(-1), status };
}

test.each<[string, object | undefined, string, number]>([
  ['a sound run passes', PERFECT, '5 passed, 0 failed, 2 skipped', 0],
  ['a failed test fails', { ...PERFECT, numFailedTests: 1 }, '5 passed, 1 failed, 2 skipped', 1],
  [
    'a file that cannot run fails',
    { ...PERFECT, numRuntimeErrorTestSuites: 1 },
    '5 passed, 1 failed, 2 skipped',
    1,
  ],
  ['a run without a test fails', { ...PERFECT, numPassedTests: 0 }, '0 passed, 0 failed, 2 skipped', 1],
  ['a run without results fails', undefined, '0 passed, 1 failed, 0 skipped', 1],
])('%s', (_rule, results, last, status) => {
  expect(total(results)).toEqual({ last, status });
});

test('runs add up, and one without results fails', () => {
  expect(total(PERFECT, PERFECT)).toEqual({ last: '10 passed, 0 failed, 4 skipped', status: 0 });
  expect(total(PERFECT, undefined)).toEqual({ last: '5 passed, 1 failed, 2 skipped', status: 1 });
});

import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { writeTemporaryFile } from './temporary-file';

type Status = 'passed' | 'failed' | 'pending' | 'todo';
const testOf = (status: Status, index: number, message = 'Error: not so') => ({
  fullName: `does ${index}`,
  status,
  failureMessages: status === 'failed' ? [message] : [],
});
/** One suite of jest's JSON file. @param broken it could not run */
function suiteOf(
  name: string,
  statuses: Status[],
  { broken = false, message = undefined as string | undefined } = {},
) {
  const status = broken || statuses.includes('failed') ? 'failed' : 'passed';
  const assertionResults = statuses.map((each, index) => testOf(each, index, message));
  return { name, status, assertionResults };
}
type Suites = ReturnType<typeof suiteOf>[];

const fileOf = (suites: Suites | undefined) =>
  suites ? writeTemporaryFile(JSON.stringify({ testResults: suites })) : '/nonexistent';
function run(script: string, ...words: string[]) {
  const { stdout, status } = spawnSync('node', [`scripts/${script}`, ...words], { encoding: 'utf8' });
  return { lines: stdout.split('\n').filter(Boolean), status };
}

const SOUND = [suiteOf('a', ['passed', 'passed', 'pending']), suiteOf('b', ['passed', 'todo'])];
const WRONG = [...SOUND, suiteOf('c', ['passed', 'failed'])];

describe('the totals', () => {
  const total = (...runs: (Suites | undefined)[]) => run('test-totals.js', ...runs.map(fileOf));

  test.each<[string, Suites | undefined, string, number]>([
    ['a sound run passes', SOUND, '3 passed, 0 failed, 2 skipped', 0],
    ['a failed test fails', WRONG, '4 passed, 1 failed, 2 skipped', 1],
    [
      'a suite that cannot run fails',
      [...SOUND, suiteOf('c', [], { broken: true })],
      '3 passed, 1 failed, 2 skipped',
      1,
    ],
    ['a run without a test fails', [], '0 passed, 0 failed, 0 skipped', 1],
    ['a run that skips all fails', [suiteOf('a', ['pending', 'todo'])], '0 passed, 0 failed, 2 skipped', 1],
    ['a run without results fails', undefined, '0 passed, 1 failed, 0 skipped', 1],
  ])('%s', (_rule, suites, last, status) => {
    expect(total(suites)).toEqual({ lines: [last], status });
  });

  test('runs add up, and one without results fails', () => {
    const other = [suiteOf('d', ['passed'])];
    expect(total(SOUND, other)).toEqual({ lines: ['4 passed, 0 failed, 2 skipped'], status: 0 });
    expect(total(SOUND, undefined)).toEqual({ lines: ['3 passed, 1 failed, 2 skipped'], status: 1 });
  });

  test('a suite that was tried again counts as it ended then, and what passed only then is named', () => {
    const tried = (...suites: Suites) => run('test-totals.js', '--again', fileOf(suites), fileOf(WRONG));
    expect(tried(suiteOf('c', ['passed', 'passed']))).toEqual({
      lines: ['Passed only when tried again: c: does 1', '5 passed, 0 failed, 2 skipped'],
      status: 0,
    });
    expect(tried(suiteOf('c', ['passed', 'failed']))).toEqual({
      lines: ['4 passed, 1 failed, 2 skipped'],
      status: 1,
    });
    expect(run('test-totals.js', '--again', '/nonexistent', fileOf(WRONG)).status).toBe(1);
  });
});

describe('what is tried again', () => {
  const toTry = (...runs: (Suites | undefined)[]) => run('suites-to-try-again.js', ...runs.map(fileOf)).lines;
  const failing = (name: string, message?: string) => suiteOf(name, ['passed', 'failed'], { message });

  test('are the suites that failed, or could not run', () => {
    expect(toTry(SOUND)).toEqual([]);
    expect(toTry(WRONG, [suiteOf('d', [], { broken: true })])).toEqual(['c', 'd']);
    expect(toTry(undefined, WRONG)).toEqual(['c']);
  });

  test('is nothing where many failed', () => {
    expect(toTry(['a', 'b', 'c', 'd'].map((name) => failing(name)))).toEqual([]);
  });

  test('is nothing where a property has a counterexample', () => {
    // As jest writes it: the stack.
    let message: string | undefined;
    try {
      fc.assert(fc.property(fc.integer(), () => false));
    } catch (error) {
      message = (error as Error).stack;
    }
    expect(message).toBeDefined();
    expect(toTry([failing('a'), failing('b', message)])).toEqual([]);
  });
});

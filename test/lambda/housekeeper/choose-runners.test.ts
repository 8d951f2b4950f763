import fc from 'fast-check';
import {
  chooseRunners,
  type LiveTask,
  type Registration,
  type SeenRunner,
} from '../../../lambda/housekeeper/core/choose-runners';

const MINUTE = 60_000;
const NOW = Date.parse('2026-11-21T05:00:00Z');
const CLAIM = 10;
const JOB_LIMIT = 360;
const limits = { claimMs: CLAIM * MINUTE, jobLimitMs: JOB_LIMIT * MINUTE };
/** After the minting, and beyond the limits of a task. */
const SPARE = 15;
/** Between a task and its container. */
const START = 60;

const ago = (minutes: number) => NOW - minutes * MINUTE;
const registered = (changes: Partial<Registration> = {}): Registration => ({
  id: 7,
  status: 'offline',
  busy: false,
  ...changes,
});
const taskOf = (changes: Partial<LiveTask> = {}): LiveTask => ({
  arn: 'task-1',
  createdAt: ago(20),
  startedAt: ago(19),
  ...changes,
});
const waiting = (minutes: number): LiveTask => ({ arn: 'task-1', createdAt: ago(minutes) });
/** Perfect to go: registered, not heard of, without a task, minted long since. */
const runnerOf = (changes: Partial<SeenRunner> = {}): SeenRunner => ({
  name: 'muster-dev-api-abcdef-00000000',
  mintedAt: ago(80),
  registration: registered(),
  tasks: [],
  ...changes,
});
const unregistered = (changes: Partial<SeenRunner>): SeenRunner => {
  const { registration: _, ...runner } = runnerOf(changes);
  return runner;
};
const judge = (runner: SeenRunner) => chooseRunners({ runners: [runner], limits, now: NOW });

test.each<[string, SeenRunner, string]>([
  ['registered without a task, not heard of', runnerOf(), 'lost'],
  ['no job within the time of its container', runnerOf({ tasks: [taskOf()] }), 'unclaimed'],
  [
    'no job, though online',
    runnerOf({ registration: registered({ status: 'online' }), tasks: [taskOf()] }),
    'unclaimed',
  ],
  ['no capacity for its task', runnerOf({ tasks: [waiting(START + CLAIM)] }), 'unclaimed'],
  [
    'its registration removed before its container started',
    unregistered({ tasks: [waiting(SPARE + CLAIM)] }),
    'unclaimed',
  ],
  [
    'over its limit with a job',
    runnerOf({
      mintedAt: ago(600),
      registration: registered({ status: 'online', busy: true }),
      tasks: [taskOf({ createdAt: ago(590), startedAt: ago(JOB_LIMIT + CLAIM + SPARE) })],
    }),
    'overdue',
  ],
  [
    'over its limit and not registered',
    unregistered({ mintedAt: ago(600), tasks: [taskOf({ startedAt: ago(500) })] }),
    'overdue',
  ],
])('%s goes', (_, runner, verdict) => {
  expect(judge(runner)).toMatchObject({ judged: [{ verdict }], due: [{ runner, verdict }] });
});

test.each<[string, SeenRunner, string]>([
  ['without a task, minted a moment ago', runnerOf({ mintedAt: ago(SPARE - 1) }), 'young'],
  ['without a task, minted in the future of our clock', runnerOf({ mintedAt: NOW + MINUTE }), 'young'],
  ['without a task, with a job', runnerOf({ registration: registered({ busy: true }) }), 'busy'],
  ['without a task, but heard of', runnerOf({ registration: registered({ status: 'online' }) }), 'heard'],
  ['before its job is due', runnerOf({ tasks: [taskOf({ startedAt: ago(CLAIM - 1) })] }), 'waiting'],
  ['before its container started', runnerOf({ tasks: [waiting(START + CLAIM - 1)] }), 'waiting'],
  ['with a young second task', runnerOf({ tasks: [taskOf(), waiting(START + CLAIM - 1)] }), 'waiting'],
  [
    'with a job',
    runnerOf({ registration: registered({ busy: true, status: 'online' }), tasks: [taskOf()] }),
    'busy',
  ],
  [
    'with a job a minute before its limit',
    runnerOf({
      mintedAt: ago(600),
      registration: registered({ busy: true }),
      tasks: [taskOf({ startedAt: ago(JOB_LIMIT + CLAIM + SPARE - 1) })],
    }),
    'busy',
  ],
  ['in no list, a moment ago', unregistered({ tasks: [waiting(SPARE + CLAIM - 1)] }), 'waiting'],
  ['in no list, for its container may work', unregistered({ tasks: [taskOf()] }), 'leaving'],
  [
    'whose task ECS dates before its minting',
    runnerOf({ mintedAt: ago(1), tasks: [waiting(900)] }),
    'waiting',
  ],
])('%s stays', (_, runner, verdict) => {
  expect(judge(runner)).toMatchObject({ judged: [{ verdict }], due: [] });
});

test('the oldest go first', () => {
  const runners = Array.from({ length: 3 }, (_, nth) =>
    runnerOf({ name: `runner-${nth}`, mintedAt: ago(80 + nth) }),
  );
  const { due } = chooseRunners({ runners, limits, now: NOW });
  expect(due.map(({ runner }) => runner)).toEqual([...runners].reverse());
});

describe('whatever is read', () => {
  const time = fc.integer({ min: -5, max: 900 }).map(ago);
  const task = fc.record(
    { arn: fc.string(), createdAt: time, startedAt: time },
    { requiredKeys: ['arn', 'createdAt'] },
  );
  const runner: fc.Arbitrary<SeenRunner> = fc.record(
    {
      name: fc.string(),
      mintedAt: time,
      registration: fc.record({
        id: fc.nat(),
        status: fc.constantFrom('online', 'offline'),
        busy: fc.boolean(),
      }),
      tasks: fc.array(task, { maxLength: 2 }),
    },
    { requiredKeys: ['name', 'mintedAt', 'tasks'] },
  );
  const runners = fc.array(runner, { maxLength: 80 });
  const age = ({ tasks }: SeenRunner) =>
    NOW - Math.max(...tasks.map(({ startedAt, createdAt }) => startedAt ?? createdAt));
  const choose = (all: SeenRunner[]) => chooseRunners({ runners: all, limits, now: NOW });

  test('one that is busy goes over its limit only', () => {
    fc.assert(
      fc.property(runners, (all) => {
        for (const { runner } of choose(all).due)
          if (runner.registration?.busy)
            expect(age(runner)).toBeGreaterThanOrEqual(limits.jobLimitMs + limits.claimMs);
      }),
    );
  });

  test('one whose container has run for less than a job may take goes only when it is registered, so that GitHub is asked', () => {
    fc.assert(
      fc.property(runners, (all) => {
        for (const { runner } of choose(all).due)
          if (
            runner.tasks.some(({ startedAt }) => startedAt !== undefined) &&
            age(runner) < limits.jobLimitMs
          )
            expect(runner.registration).toBeDefined();
      }),
    );
  });

  test('nobody goes within the time for its job, or a quarter of an hour of its minting without a task', () => {
    fc.assert(
      fc.property(runners, (all) => {
        for (const { runner } of choose(all).due)
          expect(NOW - runner.mintedAt).toBeGreaterThanOrEqual(
            runner.tasks.length > 0 ? limits.claimMs : SPARE * MINUTE,
          );
      }),
    );
  });

  test('all are judged, the same in any order, and those go that are due', () => {
    fc.assert(
      fc.property(runners, (all) => {
        const { judged, due } = choose(all);
        expect(judged.map(({ runner }) => runner)).toEqual(all);
        expect(choose([...all].reverse()).judged.reverse()).toEqual(judged);
        expect(due.length).toBe(
          judged.filter(({ verdict }) => ['lost', 'unclaimed', 'overdue'].includes(verdict)).length,
        );
      }),
    );
  });

  test('the property tests do see every verdict', () => {
    const seen = fc.sample(runners, { numRuns: 100, seed: 1 }).flatMap((all) => choose(all).judged);
    expect([...new Set(seen.map(({ verdict }) => verdict))].sort()).toEqual(
      ['busy', 'heard', 'leaving', 'lost', 'overdue', 'unclaimed', 'waiting', 'young'].sort(),
    );
  });
});

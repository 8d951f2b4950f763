import { DescribeTasksCommand, ListTasksCommand, StopTaskCommand } from '@aws-sdk/client-ecs';
import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import fc from 'fast-check';
import { MOST_TRIED, sweepRunners } from '../../../lambda/housekeeper/runners/sweep-runners';
import { githubEcsOf } from './perfect';
import { MINUTE, NOW, nameOf, World, type WorldRunner, type WorldTask } from './runner-world';

const settings = githubEcsOf();
const SECRET = `muster/dev/github/api/jit/${'0a'.repeat(16)}`;
const NAME = nameOf('api', NOW - 70 * MINUTE);
/** Of one that runs for as long as no job may. */
const OLD = nameOf('api', NOW - 390 * MINUTE);
const OVERDUE = { startedBy: OLD, startedAt: NOW - 385 * MINUTE };
let world: World;
beforeEach(() => {
  world = new World();
});

const runnerOf = (changes: Partial<WorldRunner> = {}): WorldRunner => ({
  id: 7,
  repository: 'acme/api',
  name: NAME,
  status: 'offline',
  busy: false,
  labels: ['self-hosted', NAME],
  hasJob: false,
  ...changes,
});
const taskOf = (changes: Partial<WorldTask> = {}): WorldTask => ({
  arn: 'task-1',
  startedBy: NAME,
  createdAt: NOW - 60 * MINUTE,
  startedAt: NOW - 50 * MINUTE,
  jitSecret: SECRET,
  ...changes,
});
const unstarted = (): WorldTask => {
  const { startedAt: _, ...task } = taskOf({ createdAt: NOW - 70 * MINUTE });
  return task;
};
const sweep = () => sweepRunners(world.ports, 'dev', settings);
const failuresOf = async () => (await sweep()).flatMap(({ failures }) => failures);

test('one that no job took goes: its registration, then its task, then its secret', async () => {
  world.runners = [runnerOf({ status: 'online' })];
  world.tasks = [taskOf()];
  expect(await sweep()).toMatchObject([
    { repository: 'acme/api', removed: [NAME], stopped: ['task-1'], failures: [] },
    { repository: 'acme/web', removed: [], stopped: [], failures: [] },
  ]);
  expect(world.done).toEqual(['delete 7', 'stop task-1', `secret ${SECRET}`]);
  expect(world.reasons).toEqual(['Muster: no job took it within 10 minutes']);
});

test('one that took a job of which the list does not tell yet stays, with all of it', async () => {
  world.runners = [runnerOf({ status: 'online', busy: false, hasJob: true })];
  world.tasks = [taskOf()];
  expect((await sweep())[0]).toMatchObject({ removed: [], stopped: [], failures: [] });
  expect(world.done).toEqual([]);
});

test.each(['removeRunner', 'findRunner'])(
  'a GitHub that does not say whether it has a job (%s) keeps its task, which is told',
  async (method) => {
    const isKnown = method === 'removeRunner';
    world.runners = isKnown ? [runnerOf()] : [];
    world.tasks = [isKnown ? taskOf() : unstarted()];
    world.broken.add(method);
    expect(await failuresOf()).toEqual([expect.stringContaining('503')]);
    expect(world.done).toEqual([]);
  },
);

test('one over its limit is stopped though GitHub keeps it for its job, and the reason is said', async () => {
  world.runners = [runnerOf({ name: OLD, status: 'online', busy: true, hasJob: true })];
  world.tasks = [taskOf(OVERDUE)];
  expect((await sweep())[0]).toMatchObject({ removed: [], stopped: ['task-1'], failures: [] });
  expect(world.reasons).toEqual(['Muster: over its limit, a job of 360 minutes']);
});

test('one over its limit is stopped though GitHub does not answer for it, which is told', async () => {
  world.runners = [runnerOf({ name: OLD, busy: true })];
  world.tasks = [taskOf(OVERDUE)];
  world.broken.add('removeRunner');
  expect((await sweep())[0]).toMatchObject({
    stopped: ['task-1'],
    failures: [expect.stringContaining('503')],
  });
});

test('a task that never started, and whose registration is gone, is stopped', async () => {
  world.tasks = [unstarted()];
  expect((await sweep())[0]).toMatchObject({ removed: [], stopped: ['task-1'], failures: [] });
});

test('GitHub is asked once more for one that its list lacks, before its task is stopped', async () => {
  world.tasks = [unstarted()];
  world.runners = [runnerOf({ isUnlisted: true, hasJob: true })];
  expect((await sweep())[0]).toMatchObject({ stopped: [], failures: [] });
});

test('a secret that is none of a runner is not deleted, whatever a task says', async () => {
  world.runners = [runnerOf()];
  world.tasks = [taskOf({ jitSecret: 'muster/dev/ci/hub/api-token' })];
  await sweep();
  expect(world.done).toEqual(['delete 7', 'stop task-1']);
});

test('a task and a secret that are gone are no failure', async () => {
  world.runners = [runnerOf()];
  world.tasks = [taskOf()];
  world.ecsMock
    .on(StopTaskCommand)
    .rejects(named('InvalidParameterException', 'The referenced task was not found.'));
  world.secretsMock.on(DeleteSecretCommand).rejects(named('ResourceNotFoundException', 'gone'));
  expect(await failuresOf()).toEqual([]);
});

test('a task that cannot be stopped is told, and the others are done', async () => {
  const other = nameOf('web', NOW - 60 * MINUTE);
  world.runners = [runnerOf(), runnerOf({ id: 8, repository: 'acme/web', name: other })];
  world.tasks = [taskOf()];
  world.ecsMock.on(StopTaskCommand).rejects(named('ThrottlingException', 'Rate exceeded'));
  expect(await failuresOf()).toEqual([expect.stringMatching(/task-1.*Rate exceeded/)]);
  expect(world.done).toEqual(['delete 7', 'delete 8']);
});

test('a repository that cannot be read keeps all of its own, and delays no other', async () => {
  const other = nameOf('web', NOW - 60 * MINUTE);
  world.runners = [runnerOf(), runnerOf({ id: 8, repository: 'acme/web', name: other })];
  world.tasks = [taskOf(), taskOf({ arn: 'task-2', startedBy: other })];
  world.broken.add('acme/api');
  expect(await sweep()).toMatchObject([
    { repository: 'acme/api', judged: [], failures: [expect.stringContaining('503')] },
    { repository: 'acme/web', removed: [other], stopped: ['task-2'], failures: [] },
  ]);
  expect(world.tasks.map(({ arn }) => arn)).toEqual(['task-1']);
});

test('a GitHub that refuses every removal is not asked for all of them', async () => {
  world.runners = Array.from({ length: 9 }, (_, nth) =>
    runnerOf({ id: nth, name: nameOf('api', NOW - 60 * MINUTE, nth) }),
  );
  world.broken.add('removeRunner');
  expect(await failuresOf()).toHaveLength(3);
});

test('runners that fail each time are not in the way of the younger ones for good', async () => {
  world.runners = Array.from({ length: 12 }, (_, nth) =>
    runnerOf({ id: nth, name: nameOf('api', NOW - (90 - nth) * MINUTE, nth) }),
  );
  const { removeRunner } = world.github;
  world.github.removeRunner = async (repository, id) => {
    if (id < 4) throw new Error('GitHub answers 500');
    return removeRunner(repository, id);
  };
  for (let run = 0; run < 12; run += 1) {
    const swept = await sweepRunners({ ...world.ports, now: () => NOW + run * 5 * MINUTE }, 'dev', settings);
    expect(swept[0]?.failures.length).toBeLessThanOrEqual(9);
  }
  expect(world.runners.map(({ id }) => id)).toEqual([0, 1, 2, 3]);
});

test('no more than so many go in one run, the oldest first', async () => {
  world.runners = Array.from({ length: MOST_TRIED + 3 }, (_, nth) =>
    runnerOf({ id: nth, name: nameOf('api', NOW - (90 + nth) * MINUTE, nth) }),
  );
  expect((await sweep())[0]).toMatchObject({ later: 3, failures: [] });
  expect(world.runners.map(({ id }) => id)).toEqual([0, 1, 2]);
  expect((await sweep())[0]).toMatchObject({ later: 0 });
  expect(world.runners).toEqual([]);
});

test('as many as one run may remove, failing each time, do not block the younger ones', async () => {
  world.runners = Array.from({ length: MOST_TRIED + 10 }, (_, nth) =>
    runnerOf({ id: nth, name: nameOf('api', NOW - (200 - nth) * MINUTE, nth) }),
  );
  const { removeRunner } = world.github;
  world.github.removeRunner = async (repository, id) => {
    if (id < MOST_TRIED) throw new Error('GitHub answers 500');
    return removeRunner(repository, id);
  };
  // A quarter of a day, in which one of six tries goes well and each run has three at least.
  for (let run = 0; run < 72; run += 1)
    await sweepRunners({ ...world.ports, now: () => NOW + run * 5 * MINUTE }, 'dev', settings);
  expect(world.runners).toHaveLength(MOST_TRIED);
});

test('without credentials nothing is read, which each repository tells', async () => {
  const readGithub = async () => {
    throw new Error('secret muster/dev/ci/hub/api-token is missing or empty');
  };
  const swept = await sweepRunners({ ...world.ports, readGithub }, 'dev', settings);
  expect(swept.map(({ failures }) => failures)).toEqual(
    Array(2).fill([expect.stringContaining('api-token')]),
  );
  expect(world.ecsMock.calls()).toEqual([]);
});

describe('what ECS tells', () => {
  beforeEach(() => {
    world.runners = [runnerOf()];
  });

  test('is read page by page, and described a hundred at a time', async () => {
    const tasks = Array.from({ length: 250 }, (_, nth) =>
      taskOf({ arn: `task-${nth}`, startedBy: nameOf('api', NOW - 60 * MINUTE, nth + 1) }),
    );
    world.tasks = [...tasks, taskOf({ arn: 'the-last', startedAt: NOW })];
    expect((await sweep())[0]).toMatchObject({ removed: [], failures: [] });
    expect(world.ecsMock.commandCalls(ListTasksCommand)).toHaveLength(3);
    expect(
      world.ecsMock.commandCalls(DescribeTasksCommand).map(({ args }) => args[0].input.tasks?.length),
    ).toEqual([100, 100, 51]);
  });

  test('of a task that ended since it was listed, it need not tell', async () => {
    world.ecsMock.on(ListTasksCommand).resolves({ taskArns: ['ended'] });
    expect((await sweep())[0]).toMatchObject({ removed: [NAME], failures: [] });
  });

  test.each<[string, () => unknown, RegExp]>([
    [
      'refused',
      () => world.ecsMock.on(ListTasksCommand).rejects(named('ThrottlingException', 'Rate exceeded')),
      /Rate exceeded/,
    ],
    [
      'of no cluster',
      () =>
        world.ecsMock.on(ListTasksCommand).rejects(named('ClusterNotFoundException', 'Cluster not found.')),
      /Cluster not found/,
    ],
    ['no list', () => world.ecsMock.on(ListTasksCommand).resolves({}), /without a list/],
    [
      'half a list',
      () => {
        world.ecsMock.on(ListTasksCommand).resolves({ taskArns: ['task-1', 'task-2'] });
        world.ecsMock
          .on(DescribeTasksCommand)
          .resolves({ tasks: [{ taskArn: 'task-1', createdAt: new Date(NOW) }] });
      },
      /1 of 2 tasks/,
    ],
    [
      'a task that it will not describe',
      () => {
        world.ecsMock.on(ListTasksCommand).resolves({ taskArns: ['task-1'] });
        world.ecsMock
          .on(DescribeTasksCommand)
          .resolves({ failures: [{ arn: 'task-1', reason: 'INTERNAL' }] });
      },
      /task-1: INTERNAL/,
    ],
    [
      'a task without a time',
      () => {
        world.ecsMock.on(ListTasksCommand).resolves({ taskArns: ['task-1'] });
        world.ecsMock.on(DescribeTasksCommand).resolves({ tasks: [{ taskArn: 'task-1', startedBy: NAME }] });
      },
      /task-1 without/,
    ],
  ])('being %s removes nothing, and is told', async (_, breakEcs, message) => {
    breakEcs();
    expect(await failuresOf()).toEqual(Array(2).fill(expect.stringMatching(message)));
    expect(world.done).toEqual([]);
  });
});

const named = (name: string, message: string) => Object.assign(new Error(message), { name });

describe('whatever is there', () => {
  const LIMIT = (360 + 10) * MINUTE;
  const minutesAgo = fc.integer({ min: 0, max: 700 }).map((minutes) => NOW - minutes * MINUTE);
  /** A runner with what belongs to it, as it can be: who has a job is registered, and its container has started. */
  const one = fc.record({
    mintedAt: minutesAgo,
    rule: fc.constantFrom('api', 'web'),
    whose: fc.constantFrom('ours', 'ours', 'ours', 'prd', 'person', 'other-rule'),
    state: fc.constantFrom('registered', 'waiting', 'started', 'working', 'unregistered', 'stopping'),
    status: fc.constantFrom('online' as const, 'offline' as const),
    isLate: fc.boolean(),
    isUnlisted: fc.boolean(),
    startsAfter: fc.integer({ min: 0, max: 30 }),
  });
  type One = typeof one extends fc.Arbitrary<infer T> ? T : never;

  function build(all: readonly One[]): World {
    const made = new World();
    for (const [
      id,
      { mintedAt, rule, whose, state, status, isLate, isUnlisted, startsAfter },
    ] of all.entries()) {
      const name = {
        ours: nameOf(rule, mintedAt, id),
        prd: nameOf(rule, mintedAt, id, 'prd'),
        person: `laptop-of-${id}`,
        'other-rule': nameOf('docs', mintedAt, id),
      }[whose as 'ours'];
      const hasJob = state === 'working' || state === 'stopping';
      if (state !== 'unregistered')
        made.runners.push({
          id,
          repository: `acme/${rule}`,
          name,
          status: hasJob ? 'online' : status,
          busy: hasJob && !isLate,
          labels: [],
          hasJob,
          isUnlisted: state === 'working' && isUnlisted,
        });
      // One that stops finishes its job; ECS does not list it any more.
      if (state !== 'registered' && state !== 'stopping')
        made.tasks.push({
          arn: `task-${id}`,
          startedBy: name,
          createdAt: mintedAt,
          ...(state === 'waiting' ? {} : { startedAt: Math.min(NOW, mintedAt + startsAfter * MINUTE) }),
        });
    }
    return made;
  }
  const worlds = fc.array(one, { maxLength: 40 });
  const play = async (all: readonly One[], broken: string[] = []) => {
    const made = build(all);
    const before = { runners: [...made.runners], tasks: [...made.tasks] };
    for (const repository of broken) made.broken.add(repository);
    const swept = await sweepRunners(made.ports, 'dev', settings);
    const lostRunners = before.runners.filter((runner) => !made.runners.includes(runner));
    const lostTasks = before.tasks.filter((task) => !made.tasks.includes(task));
    return { made, before, swept, lostRunners, lostTasks };
  };

  test('nothing with a job within its limit is removed or stopped', () =>
    fc.assert(
      fc.asyncProperty(worlds, async (all) => {
        const { before, lostRunners, lostTasks } = await play(all);
        expect(lostRunners.filter(({ hasJob }) => hasJob)).toEqual([]);
        const working = before.runners.filter(({ hasJob }) => hasJob).map(({ name }) => name);
        for (const { startedBy, startedAt = NOW } of lostTasks)
          if (working.includes(startedBy)) expect(NOW - startedAt).toBeGreaterThanOrEqual(LIMIT);
      }),
    ));

  test("other environments', other rules' and people's own stay", () =>
    fc.assert(
      fc.asyncProperty(worlds, async (all) => {
        const { lostRunners, lostTasks } = await play(all);
        for (const name of [
          ...lostRunners.map(({ name }) => name),
          ...lostTasks.map(({ startedBy }) => startedBy),
        ])
          expect(name).toMatch(/^muster-dev-(api|web)-/);
      }),
    ));

  test('one that was minted a moment ago stays, with all of it', () =>
    fc.assert(
      fc.asyncProperty(worlds, async (all) => {
        const { lostRunners, lostTasks } = await play(all);
        for (const id of [
          ...lostRunners.map(({ id }) => id),
          ...lostTasks.map(({ arn }) => Number(arn.slice(5))),
        ])
          expect(NOW - (all[id]?.mintedAt ?? NOW)).toBeGreaterThanOrEqual(10 * MINUTE);
      }),
    ));

  test('a second sweep has nothing to do', () =>
    fc.assert(
      fc.asyncProperty(worlds, async (all) => {
        const { made } = await play(all);
        made.done = [];
        expect((await sweepRunners(made.ports, 'dev', settings)).flatMap(({ failures }) => failures)).toEqual(
          [],
        );
        expect(made.done).toEqual([]);
      }),
    ));

  test('of a repository that cannot be read nothing is removed, of the others the same as ever', () =>
    fc.assert(
      fc.asyncProperty(worlds, async (all) => {
        const whole = await play(all);
        const { swept, lostRunners, lostTasks } = await play(all, ['acme/api']);
        const ofWeb = (done: typeof whole) => [
          done.lostRunners.filter(({ repository }) => repository === 'acme/web').map(({ id }) => id),
          done.lostTasks.filter(({ startedBy }) => startedBy.includes('-web-')).map(({ arn }) => arn),
        ];
        expect([lostRunners.map(({ id }) => id), lostTasks.map(({ arn }) => arn)]).toEqual(ofWeb(whole));
        expect(swept[0]?.failures).toHaveLength(1);
      }),
    ));

  test('the property tests do remove and stop', async () => {
    const done = await Promise.all(fc.sample(worlds, { numRuns: 100, seed: 1 }).map((all) => play(all)));
    expect(done.flatMap(({ lostRunners }) => lostRunners).length).toBeGreaterThan(30);
    expect(done.flatMap(({ lostTasks }) => lostTasks).length).toBeGreaterThan(30);
  });
});

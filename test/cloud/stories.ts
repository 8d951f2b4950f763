/** What may go wrong with a fleet, each story on a fleet of its own, all of them told at once on one local cloud. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { groupName, runnerTokenSecret, webhookName } from '../../config/names';
import { readProcesses } from './canary';
import { modelStories } from './model';
import {
  instancesOf,
  jobOf,
  one,
  SECONDS,
  until,
  untilEmpty,
  untilEnded,
  untilReason,
  untilRunning,
} from './waits';
import type { World } from './world';

const ENVIRONMENT = 'faults';

type Story = (world: World) => Promise<void>;

const managersOf = async (world: World, runnerId: number) =>
  (await world.leftovers()).filter((line) => line.endsWith(`runner ${runnerId}`));

export const stories: Record<string, Story> = {
  'eight jobs on at most three instances run once each, and desired falls only when an instance leaves':
    async (world) => {
      const lengths = [6, 12, 3, 9, 2, 15, 5, 8];
      await world.enqueue(
        'many',
        lengths.map((seconds, index) => ({ name: `many-${index}`, seconds, command: `echo mark-${index}` })),
      );
      let most = 0;
      await until(
        'eight jobs succeed',
        async () => {
          const { Instances = [] } = await world.group('many');
          most = Math.max(
            most,
            Instances.filter(({ LifecycleState = '' }) => !LifecycleState.startsWith('Terminating')).length,
          );
          return world.jobs('many');
        },
        (jobs) => jobs.every(({ state }) => state === 'succeeded'),
        240,
      );
      expect(most).toBeLessThanOrEqual(3);
      for (const { name, runs, logFile } of await world.jobs('many')) {
        expect({ name, runs }).toEqual({ name, runs: 1 });
        expect(readFileSync(logFile ?? '', 'utf8')).toContain(`mark-${name.split('-')[1]}`);
      }
      await untilEmpty(world, 'many');
      const drops = (await world.events('many'))
        .filter(({ event }) => event === 'desired-changed')
        .map(({ detail }) => detail as { from: number; to: number; by: string })
        .filter(({ from, to }) => to < from);
      expect(drops.length).toBeGreaterThan(0);
      expect(drops.every(({ by }) => by.endsWith('-instance'))).toBe(true);
    },

  'desired set to 0 in mid-job: the job finishes, then the instance goes': async (world) => {
    await world.enqueue('shrunk', one(25));
    await untilRunning(world, 'shrunk');
    await world.setDesired('shrunk', 0);
    await untilEnded(world, 'shrunk', 'succeeded', SECONDS.job);
    const { runs, runner, finishedAt } = await jobOf(world, 'shrunk');
    expect(runs).toBe(1);
    await untilEmpty(world, 'shrunk');
    const ends = (await world.events('shrunk')).filter(
      ({ event, instanceId }) => event === 'terminated' && instanceId === runner,
    );
    expect(ends).toHaveLength(1);
    expect(ends[0]?.at).toBeGreaterThanOrEqual(finishedAt ?? Infinity);
  },

  'an instance that dies in mid-job is reported, and the next job is served': async (world) => {
    await world.enqueue('killed', one(120));
    const { runner } = await untilRunning(world, 'killed');
    await world.cloud.kill(runner ?? '');
    await untilEnded(world, 'killed', 'lost', 60);
    await world.enqueue('killed', [{ name: 'next', seconds: 2 }]);
    await until(
      'the next job is served',
      () => world.jobs('killed'),
      (jobs) => jobs.some(({ state }) => state === 'succeeded'),
      SECONDS.boot,
    );
    await untilEmpty(world, 'killed', 240);
  },

  'the CI is down for two minutes: nothing changes, then the job is served': async (world) => {
    const outage = (status: number | null) =>
      world.askCi('circleci', 'PUT', '/_local/outage', { status, resourceClass: 'acme/outage' });
    await outage(503);
    await world.enqueue('outage', one(2));
    await untilReason(world, 'outage', 'demand-unknown');
    // The outage itself is the story: two minutes of it.
    await new Promise((resolve) => setTimeout(resolve, 120_000));
    expect((await world.group('outage')).DesiredCapacity).toBe(0);
    await outage(null);
    await untilEnded(world, 'outage', 'succeeded');
    await untilEmpty(world, 'outage');
  },

  'an instance that is not ready is abandoned with its reason, desired is cancelled, and the fix heals':
    async (world) => {
      const group = groupName(ENVIRONMENT, 'notoken');
      const mend = await world.break({
        ...{ service: 'secretsmanager', operation: 'GetSecretValue', status: 400, count: null },
        ...{ code: 'ResourceNotFoundException', message: `Secrets Manager cannot find a value` },
        resource: runnerTokenSecret(ENVIRONMENT, 'notoken'),
      });
      await world.enqueue('notoken', one(2));
      await untilReason(world, 'notoken', 'launch-failing', 300);
      await until(
        `${group} has no desired left`,
        () => world.group('notoken'),
        ({ DesiredCapacity }) => DesiredCapacity === 0,
        60,
      );
      expect(await world.journal('notoken')).toMatch(/runner-token/);
      // No hot loop: a handful of launches, not one after the other for ever.
      expect((await instancesOf(world, 'notoken')).size).toBeLessThanOrEqual(8);
      await mend();
      await untilEnded(world, 'notoken', 'succeeded', 300);
      await untilEmpty(world, 'notoken');
    },

  'jobs that nobody may claim: the fleet falls back to one probe': async (world) => {
    await world.askCi('circleci', 'PUT', '/_local/hold', { resourceClass: 'acme/held', held: true });
    await world.enqueue(
      'held',
      [1, 2, 3].map((index) => ({ name: `held-${index}`, seconds: 2 })),
    );
    await untilReason(world, 'held', 'not-claimed', 240);
    const before = (await instancesOf(world, 'held')).size;
    await until(
      'the fleet is small',
      () => world.group('held'),
      ({ DesiredCapacity = 9 }) => DesiredCapacity <= 1,
      120,
    );
    expect((await instancesOf(world, 'held')).size - before).toBeLessThanOrEqual(2);
    await world.askCi('circleci', 'PUT', '/_local/hold', { resourceClass: 'acme/held', held: false });
    await untilEnded(world, 'held', 'succeeded', 300);
    await untilEmpty(world, 'held');
  },

  // Not among the first, which all boot at once.
  ...modelStories,

  'AWS throttles the change of desired: it is tried again, and the job is served': async (world) => {
    await world.break({
      ...{ service: 'autoscaling', operation: 'SetDesiredCapacity', status: 400, count: 8 },
      ...{ code: 'Throttling', message: 'Rate exceeded', resource: groupName(ENVIRONMENT, 'throttled') },
    });
    await world.enqueue('throttled', one(2));
    await untilEnded(world, 'throttled', 'succeeded', 240);
    await untilEmpty(world, 'throttled');
  },

  'a leave that is refused with a decrement is made without': async (world) => {
    await world.break({
      ...{ service: 'autoscaling', operation: 'TerminateInstanceInAutoScalingGroup', status: 400, count: 1 },
      ...{ code: 'ValidationError', resource: groupName(ENVIRONMENT, 'refused') },
      message:
        "Currently, desiredSize equals minSize (0). Terminating instance without replacement will violate group's min size constraint. Either set shouldDecrementDesiredCapacity flag to false or lower group's min size.",
    });
    await world.enqueue('refused', one(2));
    await untilEnded(world, 'refused', 'succeeded');
    // Without the decrement the group launches once more; that instance leaves when it was idle too long.
    await untilEmpty(world, 'refused', 150);
  },

  'a wrong API token: unknown is not zero, and the invocation fails': async (world) => {
    await world.enqueue('wrongtoken', one(2));
    await untilReason(world, 'wrongtoken', 'demand-unknown');
    expect((await world.group('wrongtoken')).DesiredCapacity).toBe(0);
    await until(
      'the invocation fails',
      () => world.scalerLog(),
      (log) => /wrongtoken: demand-unknown, token-refused/.test(log),
      120,
    );
  },

  'an unknown resource class: nothing changes, and the reason says so': async (world) => {
    await untilReason(world, 'noclass', 'demand-unknown');
    expect((await world.group('noclass')).DesiredCapacity).toBe(0);
  },

  'a hostile job gets nothing': async (world) => {
    await world.enqueue('hostile', one(0, readFileSync(join(__dirname, 'hostile.sh'), 'utf8')));
    await untilEnded(world, 'hostile', 'succeeded', 240);
    const { logFile } = await jobOf(world, 'hostile');
    const said = readFileSync(logFile ?? '', 'utf8').split('\n');
    expect(said.filter((line) => line.startsWith('got'))).toEqual([]);
    // It got to the end, and tried what it says.
    expect(said.filter((line) => line.startsWith('denied')).length).toBeGreaterThan(12);
    expect(said).toContain('finished');
    await untilEmpty(world, 'hostile');
  },

  'while a job runs, no token is in the arguments of a process or the environment of another user': async (
    world,
  ) => {
    await world.enqueue('watched', one(20));
    const { runner } = await untilRunning(world, 'watched');
    const { stdout } = await world.cloud.exec(runner ?? '', ['id', '--user', 'muster-agent']);
    const agent = Number(stdout.trim());
    const { arguments: all, environments } = readProcesses();
    const holds = (text: string) => world.tokens.some((token) => text.includes(token));
    expect(all.filter(holds)).toEqual([]);
    const holders = environments.filter(({ environment }) => holds(environment));
    // The agent itself has its token, so the look was a real one.
    expect(holders.length).toBeGreaterThan(0);
    expect(new Set(holders.map(({ user }) => user))).toEqual(new Set([agent]));
    await untilEnded(world, 'watched', 'succeeded', SECONDS.job);
    await untilEmpty(world, 'watched');
  },

  'GitLab, an instance for each job: every job runs once, and no runner manager is left': async (world) => {
    await world.enqueue(
      'single',
      [4, 2, 6].map((seconds, index) => ({
        name: `single-${index}`,
        seconds,
        command: `echo mark-${index} by $(id -un)`,
      })),
    );
    await untilEnded(world, 'single', 'succeeded', 240);
    const jobs = await world.jobs('single');
    for (const { name, runs, logFile } of jobs) {
      expect({ name, runs }).toEqual({ name, runs: 1 });
      expect(readFileSync(logFile ?? '', 'utf8')).toContain(`mark-${name.split('-')[1]} by job`);
    }
    // Never two jobs on one instance.
    expect(new Set(jobs.map(({ runner }) => runner)).size).toBe(jobs.length);
    await untilEmpty(world, 'single');
    expect(await managersOf(world, 301)).toEqual([]);
  },

  'GitLab, many jobs an instance: one instance serves four jobs, two at once, and leaves when idle': async (
    world,
  ) => {
    await world.enqueue(
      'many-jobs',
      [1, 2, 3, 4].map((index) => ({ name: `many-${index}`, seconds: 8 })),
    );
    await untilEnded(world, 'many-jobs', 'succeeded', 240);
    const jobs = await world.jobs('many-jobs');
    expect(jobs.map(({ runs }) => runs)).toEqual([1, 1, 1, 1]);
    expect(new Set(jobs.map(({ runner }) => runner)).size).toBe(1);
    const overlaps = jobs.filter((job) =>
      jobs.some(
        (other) =>
          other.id !== job.id &&
          (other.startedAt ?? Infinity) < (job.finishedAt ?? 0) &&
          (job.startedAt ?? Infinity) < (other.finishedAt ?? 0),
      ),
    );
    expect(overlaps.length).toBeGreaterThan(0);
    await untilEmpty(world, 'many-jobs');
    expect(await managersOf(world, 302)).toEqual([]);
  },

  'GitLab: an agent that crashes in mid-job is unregistered, its instance leaves, and the next job is served':
    async (world) => {
      await world.enqueue('crashed', one(120));
      const { runner } = await untilRunning(world, 'crashed');
      expect(await managersOf(world, 303)).toHaveLength(1);
      await world.cloud.exec(runner ?? '', ['pkill', '--signal', 'KILL', '--full', 'gitlab-runner']);
      await untilEnded(world, 'crashed', 'lost', 90);
      await world.enqueue('crashed', [{ name: 'next', seconds: 1 }]);
      await until(
        'the next job is served',
        () => world.jobs('crashed'),
        (jobs) => jobs.some(({ state }) => state === 'succeeded'),
        SECONDS.boot,
      );
      await untilEmpty(world, 'crashed', 150);
      expect(await managersOf(world, 303)).toEqual([]);
    },

  'GitLab: a token without its scope says so, and nothing changes': async (world) => {
    await until(
      'the invocation names the scope',
      () => world.scalerLog(),
      (log) => /noscope: demand-unknown, scope-missing/.test(log),
      SECONDS.boot,
    );
    expect((await world.group('noscope')).DesiredCapacity).toBe(0);
  },

  'GitLab: the webhook of a queued job wakes the scaler': async (world) => {
    await until(
      'a job was enqueued, and the webhook has invoked the scaler',
      () => world.calls(webhookName(ENVIRONMENT)),
      (calls) => calls.some(({ service, status }) => service === 'lambda' && status === 202),
      SECONDS.boot,
    );
  },

  'a job is served by an instance out of the warm pool, and the pool is filled again': async (world) => {
    const pooled = async () =>
      (await world.events('pooled'))
        .filter(({ event }) => event === 'pooled')
        .map(({ instanceId }) => instanceId);
    const [first] = await until('an instance waits stopped', pooled, (ids) => ids.length > 0, SECONDS.boot);
    await world.enqueue('pooled', one(2));
    await untilEnded(world, 'pooled', 'succeeded');
    expect(await jobOf(world, 'pooled')).toMatchObject({ runs: 1, runner: first });
    await until('another one waits stopped', pooled, (ids) => ids.length > 1, SECONDS.boot);
    await untilEmpty(world, 'pooled');
  },
};

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UpdateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import pLimit from 'p-limit';
import { parse, stringify } from 'yaml';
import { groupName, instanceRoleName } from '../../config/names';
import { PROJECT_DIR } from '../../local/cloud/layout';
import { makeClients } from '../../local/run/operator';
import { describeAsRoot } from '../as-root';
import { advanceTo, findNext } from './clock';
import { readRoleUse, toUnused } from './permissions';
import { jobNamed, SECONDS, until, untilEmpty, untilGone } from './waits';
import { failures, goOut, type Out, onMachine, startJob, terminate, unprotect, type Way, ways } from './ways';
import { readTable, toPromises, toTable } from './ways-table';
import { makeWorld, type World } from './world';

const AT_ONCE = 6;
const LIMIT_MS = 1_800_000;

const SHORT_HEARTBEAT = readFileSync(join(__dirname, 'short-heartbeat.sh'), 'utf8');

const heartbeats = async (world: World) =>
  (await world.calls(instanceRoleName('ways', 'long'))).filter(
    ({ operation, status }) => operation === 'RecordLifecycleActionHeartbeat' && status === 200,
  );

const HELD = { title: 'Instance held (`make hold`)', fleet: 'held' };

const agentOf = (world: World, instance: string, what: string, holds: (state?: string) => boolean) =>
  until(
    `the agent of ${instance} ${what}`,
    () => onMachine(world, instance, ['systemctl', 'is-active', 'muster-agent.service']),
    holds,
    SECONDS.leave,
  );

/** An operator takes one aside, looks at it, and lets it go. */
async function hold(world: World): Promise<Out> {
  const instance = await startJob(world, HELD);
  await world.operate('scripts/hold.ts', { INSTANCE: instance });
  try {
    await lookAt(world, instance);
  } finally {
    // Nobody else ends it, and nothing can be destroyed before.
    await world.operate('scripts/release.ts', { INSTANCE: instance });
  }
  await untilGone(world, 'held', instance);
  await untilEmpty(world, 'held');
  return { way: HELD.title, job: 'finishes', next: 'served by another' };
}

async function lookAt(world: World, instance: string): Promise<void> {
  await agentOf(world, instance, 'was told', (state) => state !== 'active');
  await world.enqueue('held', [{ name: 'second', seconds: 1 }]);
  for (const name of ['first', 'second'])
    await until(
      `the ${name} job of held succeeds`,
      () => jobNamed(world, 'held', name),
      ({ state }) => state === 'succeeded',
      SECONDS.boot,
    );
  expect(await jobNamed(world, 'held', 'first')).toMatchObject({ runner: instance, runs: 1 });
  expect((await jobNamed(world, 'held', 'second')).runner).not.toBe(instance);
  await until(
    'only the held instance is left',
    () => world.group('held'),
    ({ DesiredCapacity, Instances = [] }) => DesiredCapacity === 0 && Instances.length === 1,
    SECONDS.leave,
  );
  const { Instances = [] } = await world.group('held');
  expect(Instances).toMatchObject([{ InstanceId: instance, LifecycleState: 'Standby' }]);
  await agentOf(world, instance, 'has ended', (state) => state === 'inactive');
}

const CLOSING: Way = {
  ...{ title: 'Closing hours', fleet: 'closing', seconds: 110, next: 'waits' },
  go: (world) => world.advance(150),
};

const DAY = 86_400;

const AGED: Way = {
  ...{ title: 'Maximum lifetime of the group', fleet: 'aged', seconds: 180, fail: unprotect('aged') },
  go: async (world) => {
    const { autoScaling } = makeClients(world.cloud.awsEndpointUrl, world.config.aws.region);
    await autoScaling.send(
      new UpdateAutoScalingGroupCommand({
        AutoScalingGroupName: groupName('ways', 'aged'),
        MaxInstanceLifetime: DAY,
      }),
    );
    await world.advance(DAY);
  },
};

const DESTROYED: Way = {
  ...{ title: 'Everything destroyed (`cdktf destroy`)', fleet: 'destroyed', seconds: 60, next: 'waits' },
  go: (world) => world.operate('test/cloud/plain-destroy.ts'),
};

const REMOVED = { title: 'Fleet removed from the config, and deployed', fleet: 'removed', seconds: 90 };

/** In the order of the table. */
const ALL = [...ways, CLOSING, AGED, HELD, REMOVED, DESTROYED];

/** The group is gone afterwards, so there is no desired to look at. */
async function remove(world: World): Promise<Out> {
  const instance = await startJob(world, REMOVED);
  const file = join(world.runDir, 'config', `${world.config.environment}.yaml`);
  const config = parse(readFileSync(file, 'utf8'));
  config.fleets = config.fleets.filter(({ name }: { name: string }) => name !== 'removed');
  writeFileSync(file, stringify(config));
  await world.operate('scripts/deploy.ts');
  expect(await jobNamed(world, 'removed', 'first')).toMatchObject({ state: 'succeeded', runs: 1 });
  await untilGone(world, 'removed', instance);
  await expect(world.group('removed')).rejects.toThrow();
  return { way: REMOVED.title, job: 'finishes', next: 'waits' };
}

describeAsRoot('every way out on the local cloud', () => {
  let world: World;
  let stopped = false;
  const told = new Map<string, Promise<unknown>>();
  const outs: Out[] = [];
  const find = (title: string) => outs.find(({ way }) => way === title) ?? [];

  beforeAll(async () => {
    world = await makeWorld('ways', {
      // One fleet has hours, and is to be open.
      prepare: async (clock) => {
        const now = await clock.advance(0);
        await clock.advance((findNext('mon', '12:00', now) - now) / 1000);
      },
    });
    const turn = pLimit(AT_ONCE);
    const tell = ({ title }: Pick<Way, 'title'>, story: () => Promise<Out>) => {
      const telling = turn(async () => outs.push(await story()));
      telling.catch(() => {});
      told.set(title, telling);
    };
    for (const way of [...ways, ...failures]) tell(way, () => goOut(world, way));
    tell(HELD, () => hold(world));
    tell(REMOVED, () => remove(world));
  }, LIMIT_MS);

  afterAll(async () => world?.stop(stopped ? 'destroyed' : 'deployed'), 600_000);

  test.each([...ways, ...failures, HELD, REMOVED].map(({ title }) => title))(
    '%s: no job is killed, no new one taken, the instance is gone',
    async (title) => told.get(title),
    LIMIT_MS,
  );

  test(
    'a resumed fleet serves what has waited',
    async () => {
      await world.operate('scripts/resume.ts', { FLEET: 'paused' });
      await until(
        'the job that waited succeeds',
        () => jobNamed(world, 'paused', 'second'),
        ({ state }) => state === 'succeeded',
        SECONDS.boot,
      );
      await untilEmpty(world, 'paused');
    },
    LIMIT_MS,
  );

  test(
    'at closing the job finishes, and the next one waits',
    async () => {
      await advanceTo(world, 'mon', '19:28');
      outs.push(await goOut(world, CLOSING));
    },
    LIMIT_MS,
  );

  test(
    'an instance that reaches the maximum lifetime of its group finishes its job',
    async () => {
      outs.push(await goOut(world, AGED));
    },
    LIMIT_MS,
  );

  test(
    'a drain of more than an hour goes on for as long as it sends heartbeats',
    async () => {
      const instance = await startJob(world, { fleet: 'long', seconds: 60 });
      await onMachine(world, instance, ['bash', '-c', SHORT_HEARTBEAT]);
      await terminate(true)(world, instance);
      for (let minutes = 0; minutes < 100; minutes += 25) {
        const before = (await heartbeats(world)).length;
        await until(
          'a heartbeat',
          () => heartbeats(world),
          (calls) => calls.length > before,
          60,
        );
        await world.advance(25 * 60);
      }
      await until(
        'the job succeeds',
        () => jobNamed(world, 'long', 'first'),
        ({ state }) => state !== 'running',
        SECONDS.job,
      );
      expect(await jobNamed(world, 'long', 'first')).toMatchObject({ state: 'succeeded', runs: 1 });
      await untilGone(world, 'long', instance);
      await untilEmpty(world, 'long');
    },
    LIMIT_MS,
  );

  test(
    'a machine that dies in mid-drain is released by silence',
    async () => {
      // Whether AWS lets a dead instance wait in its hook is not confirmed: here it does.
      await world.setOptions({ deadInstanceWaits: true });
      const instance = await startJob(world, { fleet: 'dead-machine', seconds: 600 });
      await terminate(true)(world, instance);
      await until(
        'it drains',
        () => onMachine(world, instance, ['systemctl', 'is-active', 'muster-drain.service']),
        (state) => state === 'activating',
        SECONDS.job,
      );
      await world.cloud.kill(instance);
      await until(
        'the CI has lost the job',
        () => jobNamed(world, 'dead-machine', 'first'),
        ({ state }) => state === 'lost',
        SECONDS.job,
      );
      await world.advance(1801);
      await untilGone(world, 'dead-machine', instance);
      await world.setOptions({ deadInstanceWaits: false });
      await untilEmpty(world, 'dead-machine');
    },
    LIMIT_MS,
  );

  test('each role asked for what its policies allow, and may do nothing that nobody asks for', async () => {
    const uses = await readRoleUse(world);
    for (const [role, { allowed, called }] of uses) {
      const beyond = called.filter((action) => !allowed.includes(action));
      expect({ role, beyond }).toEqual({ role, beyond: [] });
    }
    expect(toUnused(uses)).toEqual([]);
  });

  test(
    'a plain `cdktf destroy` lets the job finish',
    async () => {
      const instance = await startJob(world, DESTROYED);
      await DESTROYED.go(world, instance);
      stopped = true;
      expect(await jobNamed(world, 'destroyed', 'first')).toMatchObject({ state: 'succeeded', runs: 1 });
      await untilGone(world, 'destroyed', instance);
      expect(await world.leftovers()).toEqual([]);
      outs.push({ way: DESTROYED.title, job: 'finishes', next: 'waits' });
    },
    LIMIT_MS,
  );

  test('docs/draining.md promises what was seen', () => {
    const seen = Object.entries({ ways: ALL, failures }).map(([name, asked]) => {
      const table = toTable(asked.flatMap(({ title }) => find(title)));
      writeFileSync(join(PROJECT_DIR, '.muster', `${name}.md`), `${table}\n`);
      return { name, table };
    });
    for (const { name, table } of seen) expect(toPromises(readTable(name))).toEqual(toPromises(table));
  });
});

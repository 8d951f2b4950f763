import type { Demand, Unknown } from '../../../lambda/scaler/core/types';
import type { Ports, ReadDemand } from '../../../lambda/scaler/ports';
import { createScaler } from '../../../lambda/scaler/scaler';
import { type FleetSettings, MEMORY_TAG, type Settings } from '../../../lambda/scaler/settings';
import { newWorld, portsOf, remainingOf, type World } from './fake-ports';
import { capacityOf, envSettingsOf, ids, NOW, settingsOf, WORKING_HOURS } from './perfect';

const fleetOf = (name: string, given: Partial<FleetSettings> = {}) =>
  settingsOf({
    name,
    group: `muster-dev-${name}`,
    queue: { ci: 'circleci', resourceClass: `acme/${name}` },
    ...given,
  });
const unknown = (problem: Unknown['problem']): Unknown => ({ kind: 'unknown', problem, detail: 'seen' });

let world: World;
beforeEach(() => {
  world = newWorld();
});
/** A fleet that is there, with its jobs. */
function add(name: string, queued: number, given: Partial<FleetSettings> = {}): FleetSettings {
  world.groups.set(`muster-dev-${name}`, capacityOf());
  world.jobs.set(`acme/${name}`, { queued, running: 0 });
  return fleetOf(name, given);
}
const run = (settings: Settings, ports: Ports = portsOf(world), timeoutMs?: number) =>
  world.time.run(createScaler(settings, ports).runMinute(remainingOf(world, timeoutMs)));
const desiredOf = (name: string) => world.groups.get(`muster-dev-${name}`)?.desired;
const linesOf = (name: string) => world.lines.filter(({ fields }) => fields.fleet === name);

describe('a minute', () => {
  test('has six polls, ten seconds apart', async () => {
    await run(envSettingsOf([add('linux', 1)]));
    expect(world.demandReads.map(({ at }) => at)).toEqual([0, 10_000, 20_000, 30_000, 40_000, 50_000]);
    expect(world.time.now()).toBeLessThan(NOW + 60_000);
  });
  test('ends in time when less is left', async () => {
    await run(envSettingsOf([add('linux', 1)]), portsOf(world), 35_000);
    expect(world.demandReads.map(({ at }) => at)).toEqual([0, 10_000, 20_000]);
  });
  test('has one poll at least', async () => {
    await run(envSettingsOf([add('linux', 1)]), portsOf(world), 1_000);
    expect(world.demandReads).toHaveLength(1);
  });
  test('polls as often as the settings say', async () => {
    await run(envSettingsOf([add('linux', 1)], { pollSeconds: 30 }));
    expect(world.demandReads.map(({ at }) => at)).toEqual([0, 30_000]);
  });
  test('grows a fleet once, and then sees that it grew', async () => {
    await run(envSettingsOf([add('linux', 3)]));
    expect(world.writes).toEqual([{ at: 200, group: 'muster-dev-linux', desired: 3 }]);
  });
});

describe('fleets are isolated', () => {
  test('a CI that hangs delays only its own fleets', async () => {
    const settings = envSettingsOf([add('slow', 1, { account: 'dead' }), add('linux', 2)], {
      accounts: {
        main: { ci: 'circleci', baseUrl: 'http://ci.invalid', apiTokenSecret: 'a' },
        dead: { ci: 'circleci', baseUrl: 'http://dead.invalid', apiTokenSecret: 'b' },
      },
    });
    const { circleci } = portsOf(world).ci;
    const ports = portsOf(world, {
      readDemand: (asked, signal) =>
        asked.account.baseUrl.includes('dead') ? new Promise<Demand>(() => {}) : circleci(asked, signal),
    });
    await expect(run(settings, ports)).rejects.toThrow(/slow: demand-unknown, timeout in 6 of 6 polls/);
    expect(world.writes).toEqual([{ at: 200, group: 'muster-dev-linux', desired: 2 }]);
    expect(world.demandReads).toHaveLength(6);
  });
  test('a group that cannot be read concerns its fleet alone', async () => {
    const settings = envSettingsOf([add('linux', 2), fleetOf('gone')]);
    await expect(run(settings)).rejects.toThrow(/gone: capacity-unknown, group-missing/);
    expect(desiredOf('linux')).toBe(2);
  });
  test('a group that takes no change concerns its fleet alone', async () => {
    const settings = envSettingsOf([add('stuck', 1), add('linux', 2)]);
    const { setDesired } = portsOf(world).groups;
    const ports = portsOf(world, {
      setDesired: async (group, ...given) =>
        group.endsWith('stuck') ? unknown('throttled') : setDesired(group, ...given),
    });
    await expect(run(settings, ports)).rejects.toThrow(/stuck: change-failed, throttled/);
    expect(desiredOf('linux')).toBe(2);
  });
  test('a bug in one fleet is told, and concerns no other', async () => {
    const hours = { ...WORKING_HOURS, timeZone: 'Nowhere/City' };
    const settings = envSettingsOf([add('broken', 1, { hours }), add('linux', 2)]);
    await expect(run(settings)).rejects.toThrow(/Nowhere/);
    expect(world.writes).toEqual([{ at: 200, group: 'muster-dev-linux', desired: 2 }]);
    expect(world.demandReads.filter(({ resourceClass }) => resourceClass === 'acme/linux')).toHaveLength(6);
  });
  test('a fleet that takes longer than a poll is polled less often, and no other', async () => {
    const settings = envSettingsOf([add('slow', 1), add('linux', 2)]);
    const { read } = portsOf(world).groups;
    const ports = portsOf(world, {
      read: async (group) => {
        if (group.endsWith('slow')) await world.time.sleep(15_000);
        return read(group);
      },
    });
    await run(settings, ports);
    const ats = (name: string) =>
      world.demandReads.flatMap((asked) => (asked.resourceClass === `acme/${name}` ? asked.at : []));
    expect(ats('linux')).toEqual([0, 10_000, 20_000, 30_000, 40_000, 50_000]);
    expect(ats('slow').length).toBeLessThan(6);
  });
  test('desired that was read long ago is not written over', async () => {
    const { read } = portsOf(world).groups;
    const ports = portsOf(world, {
      read: async (group) => {
        const answer = await read(group);
        await world.time.sleep(3_100);
        return answer;
      },
    });
    await expect(run(envSettingsOf([add('linux', 1)]), ports)).rejects.toThrow(/change-failed, timeout/);
    expect(world.writes).toEqual([]);
  });
});

describe('what is unknown', () => {
  test('changes nothing, is told, and fails the invocation when all else is done', async () => {
    world.groups.set('muster-dev-linux', capacityOf({ inService: ids(3) }));
    const ports = portsOf(world, { readDemand: async () => unknown('token-refused') });
    await expect(run(envSettingsOf([fleetOf('linux')]), ports)).rejects.toThrow(
      /linux: demand-unknown, token-refused in 6 of 6 polls \(seen\)/,
    );
    expect(world.writes).toEqual([]);
    expect(world.metrics).toEqual([
      { fleet: 'linux', values: { Desired: 3, InService: 3, Unknown: 1, Blocked: 0 } },
    ]);
    expect(linesOf('linux')).toMatchObject([
      { level: 'warn', fields: { reason: 'demand-unknown', troubles: [{ problem: 'token-refused' }] } },
    ]);
  });
  test('when time is up, what was read until then still counts', async () => {
    const readDemand: ReadDemand<'circleci'> = (_asked, signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () =>
          resolve({ kind: 'partial', queued: 2, running: 0, problem: 'timeout', detail: 'seen' }),
        );
      });
    await expect(run(envSettingsOf([add('linux', 2)]), portsOf(world, { readDemand }))).rejects.toThrow(
      /linux: demand-unknown, timeout/,
    );
    expect(desiredOf('linux')).toBe(2);
    expect(linesOf('linux')[0]?.fields).toMatchObject({ queuedAtLeast: 2, runningAtLeast: 0 });
    expect(world.metrics[0]?.values).toEqual({ Desired: 2, InService: 0, Unknown: 1, Blocked: 0 });
  });
  test('fails the invocation also when it passed', async () => {
    const settings = envSettingsOf([add('linux', 2)]);
    const { circleci } = portsOf(world).ci;
    const ports = portsOf(world, {
      readDemand: async (...asked) =>
        world.time.now() < NOW + 5_000 ? unknown('timeout') : circleci(...asked),
    });
    await expect(run(settings, ports)).rejects.toThrow(/timeout in 1 of 6 polls/);
    expect(desiredOf('linux')).toBe(2);
  });
  test('of a thousand fleets names twenty', async () => {
    const settings = envSettingsOf(Array.from({ length: 1000 }, (_, i) => fleetOf(`f${i}`)));
    await expect(run(settings, portsOf(world), 1_000)).rejects.toThrow(/and 980 more/);
  });
});

describe('lines and metrics', () => {
  test('a line on each change, and one a minute otherwise', async () => {
    await run(envSettingsOf([add('linux', 3), add('idle', 0)]));
    expect(linesOf('linux').map(({ message }) => message)).toEqual([
      'linux: grow to 3, queue',
      'linux: hold, enough',
    ]);
    expect(linesOf('idle').map(({ message }) => message)).toEqual(['idle: hold, idle']);
  });
  test('a second minute without a change is one line', async () => {
    const scaler = createScaler(envSettingsOf([add('idle', 0)]), portsOf(world));
    await world.time.run(scaler.runMinute(remainingOf(world)));
    await world.time.run(scaler.runMinute(remainingOf(world)));
    expect(linesOf('idle')).toHaveLength(2);
  });
  test('a line has what the decision was made of', async () => {
    await run(envSettingsOf([add('linux', 3)]));
    expect(linesOf('linux')[0]?.fields).toEqual({
      fleet: 'linux',
      decision: 'grow',
      to: 3,
      reason: 'queue',
      want: 3,
      queued: 3,
      running: 0,
      desired: 0,
      inService: 0,
      pending: 0,
    });
  });
  test('one set of six metrics a fleet and minute', async () => {
    await run(envSettingsOf([add('linux', 3), add('idle', 0)]));
    expect(world.metrics).toHaveLength(2);
    expect(world.metrics).toContainEqual({
      fleet: 'linux',
      values: { Queued: 3, Running: 0, Desired: 3, InService: 0, Unknown: 0, Blocked: 0 },
    });
  });
  test('a fleet that should grow and cannot is blocked', async () => {
    const settings = envSettingsOf([add('linux', 3)]);
    world.groups.set('muster-dev-linux', capacityOf({ suspended: ['Launch'] }));
    await run(settings);
    expect(world.metrics[0]?.values.Blocked).toBe(1);
  });
});

describe('concurrency', () => {
  const limited = (fleets: FleetSettings[], concurrency: number) => {
    const settings = envSettingsOf(fleets);
    const main = settings.accounts.main;
    if (main) main.concurrency = concurrency;
    return settings;
  };
  test('is shared by the fleets of an account', async () => {
    await run(limited([add('a', 30), add('b', 30), add('c', 1)], 11));
    expect([desiredOf('a'), desiredOf('b'), desiredOf('c')]).toEqual([5, 5, 1]);
  });
  test('counts what a fleet has that cannot be read', async () => {
    const settings = limited([add('a', 30), add('b', 30)], 10);
    world.groups.set('muster-dev-b', capacityOf({ desired: 8 }));
    const { circleci } = portsOf(world).ci;
    const ports = portsOf(world, {
      readDemand: async (asked, signal) =>
        asked.queue.resourceClass === 'acme/b' ? unknown('timeout') : circleci(asked, signal),
    });
    await expect(run(settings, ports)).rejects.toThrow(/b: demand-unknown/);
    expect(desiredOf('a')).toBe(2);
  });
});

describe('memory', () => {
  const failing = capacityOf({ desired: 2 });
  const launches = [1, 2, 3].map((minute) => ({
    endedAt: NOW - minute * 60_000,
    result: 'failed' as const,
    message: 'We currently do not have sufficient m5.large capacity.',
  }));
  const ports = () => portsOf(world, { readLaunches: async () => launches });

  test('a back-off survives a cold start in the tag', async () => {
    const settings = envSettingsOf([add('linux', 5)]);
    world.groups.set('muster-dev-linux', failing);
    world.jobs.set('acme/linux', { queued: 2, running: 0 });
    const scaler = createScaler(settings, ports());
    await expect(world.time.run(scaler.runMinute(remainingOf(world)))).rejects.toThrow(/launch-failing/);
    expect(desiredOf('linux')).toBe(0);
    expect(world.tags.get('muster-dev-linux')?.[MEMORY_TAG]).toMatch(/^v1 l=1\./);

    world.writes.length = 0;
    await expect(run(settings, ports(), 1_000)).rejects.toThrow(/launch-failing, no-capacity/);
    expect(world.writes).toEqual([]);
    expect(linesOf('linux').at(-1)?.message).toMatch(/^linux: hold, launch-failing/);
  });
  test('a tag is written when it changes, and garbage in it is nothing', async () => {
    const settings = envSettingsOf([add('linux', 1)]);
    world.tags.set('muster-dev-linux', { [MEMORY_TAG]: 'what is this?' });
    await run(settings);
    expect(world.writes.filter(({ tags }) => tags)).toMatchObject([{ tags: { [MEMORY_TAG]: 'v1' } }]);
    expect(desiredOf('linux')).toBe(1);
  });
  test('a tag that cannot be written is told, and what it should say is kept', async () => {
    const settings = envSettingsOf([add('linux', 2)]);
    world.groups.set('muster-dev-linux', failing);
    const scaler = createScaler(settings, {
      ...ports(),
      groups: { ...ports().groups, writeTags: async () => unknown('aws-refused') },
    });
    await world.time.run(scaler.runMinute(remainingOf(world))).catch(() => {});
    await expect(world.time.run(scaler.runMinute(remainingOf(world)))).rejects.toThrow(
      /change-failed, aws-refused/,
    );
    // Cancelled once, and after the back-off one is tried.
    expect(world.writes).toMatchObject([{ desired: 0 }, { desired: 1 }]);
  });
  test('activities are read at most once a minute, and only of a group that looks stuck', async () => {
    const settings = envSettingsOf([add('linux', 2), add('idle', 0)]);
    world.groups.set('muster-dev-linux', failing);
    const reads: string[] = [];
    const counting = portsOf(world, {
      readLaunches: async (group) => {
        reads.push(group);
        return [];
      },
    });
    const scaler = createScaler(settings, counting);
    for (let minute = 0; minute < 4; minute++) await world.time.run(scaler.runMinute(remainingOf(world)));
    expect(new Set(reads)).toEqual(new Set(['muster-dev-linux']));
    expect(reads.length).toBeLessThanOrEqual(4);
  });
});

describe('invocations that overlap', () => {
  test('set what one would have set', async () => {
    const settings = envSettingsOf([add('linux', 7, { surge: 5 })]);
    const two = [createScaler(settings, portsOf(world)), createScaler(settings, portsOf(world))];
    await world.time.run(Promise.all(two.map((scaler) => scaler.runMinute(remainingOf(world)))));
    expect(desiredOf('linux')).toBe(7);
    const desired = world.writes.flatMap((write) => write.desired ?? []);
    expect(desired).toEqual([...desired].sort((a, b) => a - b));
  });
  test('also some seconds apart', async () => {
    const settings = envSettingsOf([add('linux', 7)]);
    const late = async () => {
      await world.time.sleep(4_000);
      await createScaler(settings, portsOf(world)).runMinute(remainingOf(world));
    };
    await world.time.run(
      Promise.all([createScaler(settings, portsOf(world)).runMinute(remainingOf(world)), late()]),
    );
    expect(world.writes.map(({ desired }) => desired)).toEqual([7]);
  });
  test('close a closed fleet once', async () => {
    const settings = envSettingsOf([add('linux', 3, { hours: { ...WORKING_HOURS, week: {} } })]);
    world.groups.set('muster-dev-linux', capacityOf({ desired: 3 }));
    const two = [createScaler(settings, portsOf(world)), createScaler(settings, portsOf(world))];
    await world.time.run(Promise.all(two.map((scaler) => scaler.runMinute(remainingOf(world)))));
    expect(new Set(world.writes.map(({ desired }) => desired))).toEqual(new Set([0]));
  });
});

test('a fleet with an account that the settings do not have is refused at once', () => {
  expect(() => createScaler(envSettingsOf([fleetOf('linux', { account: 'none' })]), portsOf(world))).toThrow(
    /linux names account none/,
  );
});

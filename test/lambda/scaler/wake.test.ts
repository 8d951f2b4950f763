import { createScaler } from '../../../lambda/scaler/scaler';
import { type FleetSettings, MEMORY_TAG, WARM_TAG } from '../../../lambda/scaler/settings';
import { toTask } from '../../../lambda/scaler/to-task';
import { newWorld, portsOf, remainingOf, type World } from './fake-ports';
import { capacityOf, envSettingsOf, NOW, settingsOf, WORKING_HOURS } from './perfect';

let world: World;
beforeEach(() => {
  world = newWorld();
});
function add(name: string, queued: number, given: Partial<FleetSettings> = {}): FleetSettings {
  world.groups.set(`muster-dev-${name}`, capacityOf());
  world.jobs.set(`acme/${name}`, { queued, running: 0 });
  return settingsOf({
    name,
    group: `muster-dev-${name}`,
    queue: { ci: 'circleci', resourceClass: `acme/${name}` },
    ...given,
  });
}
const accounts = {
  main: { ci: 'circleci' as const, baseUrl: 'http://ci.invalid', apiTokenSecret: 'a' },
  other: { ci: 'circleci' as const, baseUrl: 'http://ci.invalid', apiTokenSecret: 'b' },
};
const create = (fleets: FleetSettings[], ports = portsOf(world)) =>
  createScaler(envSettingsOf(fleets, { accounts }), ports);
const desiredOf = (name: string) => world.groups.get(`muster-dev-${name}`)?.desired;

describe('a wake-up', () => {
  test('polls the fleets of its account once, and returns', async () => {
    const scaler = create([add('a', 2), add('b', 3), add('c', 4, { account: 'other' })]);
    await world.time.run(scaler.wake('main'));
    expect(world.demandReads.map(({ at, resourceClass }) => [at, resourceClass])).toEqual([
      [0, 'acme/a'],
      [0, 'acme/b'],
    ]);
    expect([desiredOf('a'), desiredOf('b'), desiredOf('c')]).toEqual([2, 3, 0]);
    expect(world.metrics).toEqual([]);
  });
  test('does not open a closed fleet', async () => {
    const scaler = create([add('a', 2, { hours: { ...WORKING_HOURS, week: {} } })]);
    await world.time.run(scaler.wake('main'));
    expect(world.writes).toEqual([]);
  });
  test('does not fail for what the minute says anyway', async () => {
    const ports = portsOf(world, {
      readDemand: async () => ({ kind: 'unknown', problem: 'timeout', detail: 'seen' }),
    });
    await world.time.run(create([add('a', 2)], ports).wake('main'));
    expect(world.lines).toMatchObject([{ level: 'warn', fields: { reason: 'demand-unknown' } }]);
  });
  test('of an account that no fleet has is refused', async () => {
    await expect(world.time.run(create([add('a', 2)]).wake('nobody'))).rejects.toThrow(/"nobody"/);
    expect(world.demandReads).toEqual([]);
  });
  test.each([0, 1, 99, 100, 101, 5_000, 9_999])('beside a minute does no harm, %d ms later', async (ms) => {
    const fleets = [add('a', 7, { surge: 5 }), add('b', 3)];
    const scalers = [create(fleets), create(fleets)];
    const late = async () => {
      await world.time.sleep(ms);
      await scalers[1]?.wake('main');
    };
    await world.time.run(Promise.all([scalers[0]?.runMinute(remainingOf(world)), late()]));
    expect([desiredOf('a'), desiredOf('b')]).toEqual([7, 3]);
    const desired = world.writes.flatMap((write) => (write.group.endsWith('a') ? (write.desired ?? []) : []));
    expect(desired).toEqual([...desired].sort((x, y) => x - y));
  });
  test('in the process of a minute neither', async () => {
    const scaler = create([add('a', 7)]);
    await world.time.run(Promise.all([scaler.runMinute(remainingOf(world)), scaler.wake('main')]));
    expect(desiredOf('a')).toBe(7);
  });
});

describe('a wake-up remembers nothing', () => {
  const group = 'muster-dev-a';
  const see = (queued: number, running: number, inService: string[], desired = inService.length) => {
    world.jobs.set('acme/a', { queued, running });
    world.groups.set(group, capacityOf({ inService, desired }));
  };
  const wait = (seconds: number) => world.time.run(world.time.sleep(seconds * 1000));
  const tag = () => world.tags.get(group)?.[MEMORY_TAG] ?? 'v1';

  test.each(['its own process', 'the process of the minute'])(
    'of instances that work and leave between two of them, in %s',
    async (process) => {
      const fleets = [add('a', 0, { warm: 1 })];
      const minute = create(fleets);
      const waker = process === 'its own process' ? create(fleets) : minute;
      // A job of a minute every two minutes; who waited takes it and leaves, and the one that was launched waits.
      for (let job = 0; job < 20; job++) {
        see(1, 0, [`i-${job}`]);
        await world.time.run(waker.wake('main'));
        expect(desiredOf('a')).toBe(2);
        see(0, 1, [`i-${job}`, `i-${job + 1}`]);
        await world.time.run(minute.runMinute(remainingOf(world)));
        see(0, 0, [`i-${job + 1}`]);
        await world.time.run(minute.runMinute(remainingOf(world)));
        expect(tag()).toBe('v1');
      }
      see(20, 0, ['i-20']);
      await world.time.run(waker.wake('main'));
      expect(desiredOf('a')).toBe(21);
      expect(world.lines.filter(({ fields }) => fields.reason === 'not-claimed')).toEqual([]);
    },
  );
  test('of what the minute has seen it takes nothing away', async () => {
    const scaler = create([add('a', 0)]);
    see(5, 0, ['i-0', 'i-1']);
    await world.time.run(scaler.runMinute(() => 1_000));
    await wait(5);
    see(5, 0, []);
    await world.time.run(scaler.wake('main'));
    see(5, 0, [], 0);
    await world.time.run(scaler.runMinute(() => 1_000));
    expect(tag()).toMatch(/ c=1\./);
  });

  const seconds = (at: number) => Math.ceil((NOW + at * 1000) / 1000).toString(36);
  test.each([
    ['what is not claimed', () => `v1 c=1.${seconds(-60)}.5`, 'not-claimed'],
    ['launches that fail', () => `v1 l=1.${seconds(60)}.${seconds(-60)}`, 'launch-failing'],
  ])('and leaves to the minute %s', async (_what, remembered, reason) => {
    const waker = create([add('a', 9)]);
    const before = { [MEMORY_TAG]: remembered(), [WARM_TAG]: '0' };
    world.tags.set(group, before);
    see(9, 0, [], 3);
    for (let wake = 0; wake < 3; wake++) await world.time.run(waker.wake('main'));
    expect(world.writes).toEqual([]);
    expect(world.tags.get(group)).toEqual(before);
    expect(world.lines[0]?.fields).toMatchObject({ decision: 'hold', reason });
  });
  test('and closes nothing', async () => {
    const waker = create([add('a', 2, { hours: { ...WORKING_HOURS, week: {} } })]);
    see(2, 0, ['i-0']);
    await world.time.run(waker.wake('main'));
    expect(world.writes).toEqual([]);
  });
});

describe('an event', () => {
  test.each([
    ['nothing', {}],
    ['what EventBridge Scheduler sends by itself', { version: '0', source: 'aws.scheduler', detail: '{}' }],
  ])('that is %s is the minute', (_what, event) => {
    expect(toTask(event)).toEqual({ kind: 'minute' });
  });
  test('that names an account wakes it', () => {
    expect(toTask({ wake: 'main' })).toEqual({ kind: 'wake', account: 'main' });
  });
  test.each([null, undefined, 7, 'wake', [], { wake: 7 }, { wake: '' }, { wake: null }, { wake: ['main'] }])(
    'that makes no sense is refused: %j',
    (event) => {
      expect(() => toTask(event)).toThrow(/nothing was polled/);
    },
  );
});

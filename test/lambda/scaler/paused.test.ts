import { createScaler } from '../../../lambda/scaler/scaler';
import { type FleetSettings, PAUSED_TAG, WARM_TAG } from '../../../lambda/scaler/settings';
import { newWorld, portsOf, remainingOf, type World } from './fake-ports';
import { capacityOf, envSettingsOf, ids, settingsOf, WORKING_HOURS } from './perfect';

const GROUP = 'muster-dev-linux';
let world: World;
beforeEach(() => {
  world = newWorld();
  world.groups.set(GROUP, capacityOf({ inService: ids(2) }));
  world.jobs.set('acme/linux', { queued: 4, running: 1 });
});
const create = (given: Partial<FleetSettings> = {}, ports = portsOf(world)) =>
  createScaler(envSettingsOf([settingsOf(given)]), ports);
const runMinute = (scaler = create()) => world.time.run(scaler.runMinute(remainingOf(world)));
const pause = (value = '2026-11-18T11:30:00.000Z') => world.tags.set(GROUP, { [PAUSED_TAG]: value });

describe('a paused fleet', () => {
  test('is closed: nothing stays, nothing is launched', async () => {
    pause();
    await runMinute(create({ warm: 2 }));
    expect(world.writes.flatMap(({ desired }) => desired ?? [])).toEqual([0]);
    expect(world.lines[0]?.fields).toMatchObject({
      decision: 'close',
      to: 0,
      reason: 'paused',
      pausedSince: '2026-11-18T11:30:00.000Z',
    });
  });
  test('says so once a minute', async () => {
    pause();
    world.groups.set(GROUP, capacityOf());
    const scaler = create();
    for (let minute = 0; minute < 3; minute++) await runMinute(scaler);
    expect(world.lines.map(({ message }) => message)).toEqual(Array(3).fill('linux: hold, paused'));
  });
  test('tells its instances that none stays', async () => {
    world.tags.set(GROUP, { [PAUSED_TAG]: 'yes', [WARM_TAG]: '2' });
    await runMinute(create({ warm: 2 }));
    expect(world.tags.get(GROUP)?.[WARM_TAG]).toBe('0');
  });
  test.each(['yes', '1', 'by me, ask first'])('needs no time: %s', async (value) => {
    pause(value);
    await runMinute();
    expect(world.lines[0]?.fields).toMatchObject({ reason: 'paused' });
    expect(world.lines[0]?.fields).not.toHaveProperty('pausedSince');
  });
  test('with an empty tag is none', async () => {
    pause('');
    await runMinute();
    expect(world.writes[0]?.desired).toBe(5);
  });
  test('is not grown by a wake-up', async () => {
    pause();
    await world.time.run(create().wake('main'));
    expect(world.writes).toEqual([]);
  });
  test('is no trouble while its CI is down', async () => {
    pause();
    const ports = portsOf(world, {
      readDemand: async () => ({ kind: 'unknown', problem: 'server-error', detail: 'seen' }),
    });
    await runMinute(create({}, ports));
    expect(world.metrics[0]?.values).toMatchObject({ Unknown: 0, Blocked: 0 });
  });
  test('stays so when its hours begin', async () => {
    pause();
    await runMinute(create({ hours: WORKING_HOURS, warm: 1 }));
    expect(world.groups.get(GROUP)?.desired).toBe(0);
  });
  test('serves again once the tag is gone', async () => {
    pause();
    const scaler = create();
    await runMinute(scaler);
    world.tags.set(GROUP, {});
    await runMinute(scaler);
    expect(world.groups.get(GROUP)?.desired).toBeGreaterThanOrEqual(4);
  });
});

test('held instances are named once a minute', async () => {
  world.jobs.set('acme/linux', { queued: 0, running: 0 });
  world.groups.set(GROUP, capacityOf({ held: ['i-7', 'i-8'] }));
  const scaler = create();
  await runMinute(scaler);
  await runMinute(scaler);
  expect(world.lines.map(({ message, fields }) => [message, fields.held])).toEqual(
    Array(2).fill(['linux: hold, idle, held: i-7 i-8', ['i-7', 'i-8']]),
  );
});

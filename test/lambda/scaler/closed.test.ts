import type { Unknown } from '../../../lambda/scaler/core/types';
import type { Ports } from '../../../lambda/scaler/ports';
import { createScaler, type Scaler } from '../../../lambda/scaler/scaler';
import { type FleetSettings, WARM_TAG } from '../../../lambda/scaler/settings';
import { newWorld, portsOf, remainingOf, type World } from './fake-ports';
import { capacityOf, envSettingsOf, NOW, settingsOf, WORKING_HOURS } from './perfect';

const MINUTE = 60_000;
/** Wednesday noon is NOW; nothing is open on this Wednesday. */
const CLOSED = { ...WORKING_HOURS, holidays: ['2026-11-18'] };
/** Opens at noon and a half. */
const OPENS_AT_NOON = { ...WORKING_HOURS, week: { wed: [{ open: '12:30', close: '18:00' }] } };

let world: World;
let scaler: Scaler;
beforeEach(() => {
  world = newWorld();
  world.groups.set('muster-dev-linux', capacityOf());
  world.jobs.set('acme/linux', { queued: 4, running: 1 });
});
const start = (given: Partial<FleetSettings>, ports: Ports = portsOf(world)) => {
  scaler = createScaler(envSettingsOf([settingsOf(given)]), ports);
};
/** Minutes as the schedule makes them: each begins when it begins, however long the last one took. */
async function runMinutes(from: number, count: number) {
  for (let minute = from; minute < from + count; minute++) {
    await world.time.run(world.time.sleep(NOW + minute * MINUTE - world.time.now()));
    await world.time.run(scaler.runMinute(remainingOf(world)));
  }
}
const broken: Unknown = { kind: 'unknown', problem: 'server-error', detail: 'seen' };
const warmTags = () => world.writes.flatMap(({ tags }) => tags?.[WARM_TAG] ?? []);

describe('a closed fleet', () => {
  test('shows what waits, and launches nothing', async () => {
    start({ hours: CLOSED, warm: 2 });
    await runMinutes(0, 1);
    expect(world.writes).toEqual([]);
    expect(world.lines.at(-1)?.fields).toMatchObject({ reason: 'closed', queued: 4, running: 1 });
    expect(world.metrics.at(-1)?.values).toMatchObject({ Queued: 4, Running: 1, Unknown: 0 });
  });
  test('costs one reading a minute', async () => {
    start({ hours: CLOSED });
    await runMinutes(0, 5);
    expect(world.demandReads.map(({ at }) => at)).toEqual([0, 1, 2, 3, 4].map((minute) => minute * MINUTE));
    expect(world.metrics.map(({ values }) => values.Queued)).toEqual([4, 4, 4, 4, 4]);
  });
  test('is closed also while the CI is down, which is no trouble of it', async () => {
    world.groups.set('muster-dev-linux', capacityOf({ desired: 3 }));
    start({ hours: CLOSED }, portsOf(world, { readDemand: async () => broken }));
    await runMinutes(0, 1);
    expect(world.writes).toMatchObject([{ desired: 0 }]);
    expect(world.metrics).toEqual([
      { fleet: 'linux', values: { Desired: 0, InService: 0, Unknown: 0, Blocked: 0 } },
    ]);
    expect(world.lines.at(-1)).toMatchObject({ level: 'info', fields: { demand: 'server-error' } });
  });
  test('tells before it opens that the CI is down', async () => {
    start({ hours: OPENS_AT_NOON }, portsOf(world, { readDemand: async () => broken }));
    await runMinutes(24, 1);
    await expect(runMinutes(25, 1)).rejects.toThrow(/linux: demand-unknown, server-error/);
  });
  test('follows its queue from the very poll in which it opens', async () => {
    start({ hours: OPENS_AT_NOON });
    await runMinutes(29, 2);
    expect(world.writes).toMatchObject([{ desired: 4, at: expect.any(Number) }]);
    expect(world.writes[0]?.at).toBeLessThan(30 * MINUTE + 1_000);
  });
});

describe('the number of idle instances that stay', () => {
  test('is on the group while the fleet is open, and written when it changes', async () => {
    start({ warm: 2 });
    await runMinutes(0, 3);
    expect(warmTags()).toEqual(['2']);
  });
  test('none is what a group without the tag has', async () => {
    start({});
    await runMinutes(0, 1);
    expect(warmTags()).toEqual([]);
  });
  test('is there when the fleet is about to open, none before, and none after it closed', async () => {
    const hours = { ...WORKING_HOURS, week: { wed: [{ open: '12:30', close: '12:32' }] } };
    start({ warm: 2, hours });
    await runMinutes(23, 11);
    const tags = world.writes.flatMap(({ at, tags: written }) => (written ? [[at, written[WARM_TAG]]] : []));
    expect(tags.map(([, value]) => value)).toEqual(['2', '0']);
    expect(Number(tags[0]?.[0])).toBeLessThan(25 * MINUTE + 1_000);
  });
  test('changes with the hour of the day', async () => {
    const byHour = Array.from({ length: 24 }, (_, hour) => (hour === 12 ? 3 : 1));
    start({ warm: { timeZone: 'UTC', byHour } });
    await runMinutes(58, 4);
    expect(warmTags()).toEqual(['3', '1']);
  });
  test('is corrected when somebody else has changed it', async () => {
    world.tags.set('muster-dev-linux', { [WARM_TAG]: 'many' });
    start({ warm: 0 });
    await runMinutes(0, 1);
    expect(warmTags()).toEqual(['0']);
  });
  test('is kept while the CI is down', async () => {
    world.tags.set('muster-dev-linux', { [WARM_TAG]: '2' });
    start({ warm: 2 }, portsOf(world, { readDemand: async () => broken }));
    await expect(runMinutes(0, 1)).rejects.toThrow(/demand-unknown/);
    expect(warmTags()).toEqual([]);
  });
  test('when it cannot be written that is told, tried again, and nothing else', async () => {
    let tries = 0;
    const writeTags: Ports['groups']['writeTags'] = async () => {
      tries += 1;
      return { kind: 'unknown', problem: 'aws-refused', detail: 'seen' };
    };
    start({ warm: 2 }, portsOf(world, { writeTags }));
    await expect(runMinutes(0, 1)).rejects.toThrow(/change-failed, aws-refused in 6 of 6 polls/);
    expect(tries).toBe(6);
    expect(world.writes).toMatchObject([{ desired: 6 }]);
  });
});

import type { Launch } from '../../../lambda/scaler/core/types';
import type { Ports } from '../../../lambda/scaler/ports';
import { createScaler } from '../../../lambda/scaler/scaler';
import { MEMORY_TAG } from '../../../lambda/scaler/settings';
import { newWorld, portsOf, remainingOf, type World } from './fake-ports';
import { capacityOf, envSettingsOf, NOW, settingsOf } from './perfect';

const GROUP = 'muster-dev-linux';
const MINUTE = 60_000;
const QUOTA = 'You have requested more vCPU capacity than your current vCPU limit of 32 allows.';
const NO_SPOT = 'There is no Spot capacity available that matches your request.';
const spot = { percent: 100, fallbackMinutes: 10 };

let world: World;
/** What AWS tells of launches; newest first. */
let launches: Launch[];
let reads: number;
beforeEach(() => {
  world = newWorld();
  launches = [];
  reads = 0;
  world.jobs.set('acme/linux', { queued: 2, running: 0 });
  world.groups.set(GROUP, capacityOf({ desired: 2 }));
});
const ports = (given: Partial<Ports['groups']> = {}) =>
  portsOf(world, {
    readLaunches: async () => {
      reads += 1;
      return launches;
    },
    ...given,
  });
const create = (given = {}, on = ports()) => createScaler(envSettingsOf([settingsOf(given)]), on);
const failed = (minutesAgo: number, message: string): Launch => ({
  endedAt: world.time.now() - minutesAgo * MINUTE,
  result: 'failed',
  message,
});
async function runMinutes(scaler: ReturnType<typeof create>, count: number, each = () => {}) {
  const errors: string[] = [];
  for (let minute = 0; minute < count; minute++) {
    each();
    const begun = world.time.now();
    await world.time
      .run(scaler.runMinute(remainingOf(world)))
      .catch((error: Error) => errors.push(error.message));
    await world.time.run(world.time.sleep(Math.max(0, begun + MINUTE - world.time.now())));
  }
  return errors;
}
const desiredOf = () => world.groups.get(GROUP)?.desired;
const percents = () => world.writes.flatMap(({ onDemandPercent }) => onDemandPercent ?? []);

describe('launches that fail', () => {
  test('are an alarm that names fleet, problem, the words of AWS and what to do', async () => {
    launches = [1, 2, 3].map((minute) => failed(minute, QUOTA));
    const [, error] = await runMinutes(create(), 2);
    expect(error).toMatch(
      /linux: launch-failing, quota in 6 of 6 polls \(You have requested.*Service Quotas/,
    );
    expect(world.lines.at(-1)).toMatchObject({
      level: 'warn',
      fields: { reason: 'launch-failing', launchProblem: 'quota', launch: QUOTA },
    });
    expect(world.metrics.at(-1)?.values).toMatchObject({ Blocked: 1, Unknown: 0 });
  });
  test('once, with successes around it, are in the line and no alarm', async () => {
    launches = [
      { endedAt: NOW - 1_000, result: 'succeeded', message: '' },
      { endedAt: NOW - MINUTE, result: 'failed', message: QUOTA },
    ];
    expect(await runMinutes(create(), 1)).toEqual([]);
    expect(world.lines.at(-1)).toMatchObject({
      level: 'info',
      message: 'linux: hold, enough, launch failed: quota',
      fields: { launchProblem: 'quota', launch: QUOTA },
    });
  });
  test('are forgotten some minutes after the last', async () => {
    launches = [failed(1, QUOTA)];
    const scaler = create();
    await runMinutes(scaler, 1);
    world.groups.set(GROUP, capacityOf({ inService: ['i-1', 'i-2'] }));
    await runMinutes(scaler, 4);
    expect(world.lines.at(-1)?.message).toBe('linux: hold, enough');
  });
  test('are looked for within half a minute when AWS begins none', async () => {
    launches = [failed(0, QUOTA)];
    await runMinutes(create(), 1);
    expect(reads).toBe(1);
  });
  test('among others that work are found too: a fleet that launches is looked at every ten minutes, then each minute', async () => {
    world.jobs.set('acme/linux', { queued: 0, running: 2 });
    let launch = 0;
    // Each instance takes the place of one that ended: the fleet is never short for long.
    const turn = () => {
      launch += 1;
      const inService = launch % 2 ? ['i-1', 'i-2'] : ['i-1'];
      world.groups.set(GROUP, capacityOf({ inService, pending: launch % 2 ? [] : [`p-${launch}`] }));
    };
    await runMinutes(create(), 12, turn);
    expect(reads).toBe(1);
    const fail = () => {
      turn();
      launches = [{ endedAt: world.time.now(), result: 'succeeded', message: '' }, failed(0.5, QUOTA)];
    };
    const lines = world.lines.length;
    expect(await runMinutes(create(), 24, fail)).toEqual([]);
    const told = world.lines.slice(lines).filter(({ fields }) => fields.launchProblem === 'quota');
    expect(told.length).toBeGreaterThanOrEqual(12);
  });
  test('are not looked for all at once when hundreds of fleets grow', async () => {
    const fleets = Array.from({ length: 300 }, (_, i) => {
      world.groups.set(`g${i}`, capacityOf({ pending: ['p-1', 'p-2'] }));
      return settingsOf({ name: `fleet-${i}`, group: `g${i}` });
    });
    const ats: number[] = [];
    const on = ports({
      readLaunches: async () => {
        ats.push(Math.floor((world.time.now() - NOW) / MINUTE));
        return [];
      },
    });
    // Within the first minute, when no fleet looks slow yet.
    await world.time.run(createScaler(envSettingsOf(fleets), on).runMinute(remainingOf(world)));
    expect(ats.length).toBeLessThan(75);
  });
  test('keep their cause over a cold start in the back-off', async () => {
    launches = [1, 2, 3].map((minute) => failed(minute, QUOTA));
    await runMinutes(create(), 1);
    const errors = await runMinutes(create(), 1);
    expect(errors[0]).toMatch(/launch-failing, quota/);
  });
  test('of which AWS says nothing are an unknown problem', async () => {
    const tag = (seconds: number) => Math.ceil(NOW / 1000 + seconds).toString(36);
    world.tags.set(GROUP, { [MEMORY_TAG]: `v1 l=5.${tag(900)}.${tag(-60)}` });
    const [error] = await runMinutes(create(), 1);
    expect(error).toMatch(/linux: launch-failing, unknown/);
  });
});

describe('spot that has no capacity', () => {
  const starve = (given: Partial<Ports['groups']> = {}) => {
    world.groups.set(GROUP, capacityOf({ desired: 2, onDemandPercent: 0 }));
    return create({ spot }, ports(given));
  };
  /** AWS tries once a minute. */
  const refuse = () => {
    if ((world.groups.get(GROUP)?.onDemandPercent ?? 0) === 0) launches = [failed(0, NO_SPOT), ...launches];
  };

  test('after ten minutes brings on-demand instances, and the fleet grows at once', async () => {
    const scaler = starve();
    await runMinutes(scaler, 10, refuse);
    expect(percents()).toEqual([]);
    await runMinutes(scaler, 2, refuse);
    expect(percents()).toEqual([100]);
    expect(desiredOf()).toBe(2);
    expect(world.lines.at(-1)?.fields).toMatchObject({
      purchase: 'spot-fallback',
      onDemandUntil: expect.stringMatching(/^2026-11-18T13:1/),
    });
    expect(world.lines.at(-1)?.message).toMatch(/, spot-fallback/);
  });
  test('survives a cold start', async () => {
    starve();
    for (let minute = 0; minute < 13; minute++) await runMinutes(create({ spot }), 1, refuse);
    expect(percents()).toEqual([100]);
  });

  test('is tried again after an hour', async () => {
    const scaler = starve();
    await runMinutes(scaler, 12, refuse);
    world.groups.set(GROUP, capacityOf({ inService: ['i-1', 'i-2'], onDemandPercent: 100 }));
    await runMinutes(scaler, 58);
    expect(percents()).toEqual([100]);
    await runMinutes(scaler, 4);
    expect(percents()).toEqual([100, 0]);
    expect(world.lines.at(-1)?.fields).not.toHaveProperty('purchase');
  });
  test('tells why before it changes what is bought, or another scaler would change it back', async () => {
    await runMinutes(starve(), 12, refuse);
    const change = world.writes.findIndex(({ onDemandPercent }) => onDemandPercent !== undefined);
    expect(world.writes[change - 1]?.tags?.[MEMORY_TAG]).toMatch(/ s=/);
  });
  test('and cannot be changed is told, and tried again', async () => {
    let tries = 0;
    const scaler = starve({
      setDistribution: async () => {
        tries += 1;
        return { kind: 'unknown', problem: 'aws-refused', detail: 'not authorized' };
      },
    });
    const errors = await runMinutes(scaler, 12, refuse);
    expect(errors.at(-1)).toMatch(/linux: change-failed, aws-refused.*not authorized/);
    expect(tries).toBeGreaterThan(1);
  });
});

describe('the share of on-demand instances', () => {
  test('that somebody changed is set back, once', async () => {
    world.groups.set(GROUP, capacityOf({ inService: ['i-1', 'i-2'], onDemandPercent: 70 }));
    await runMinutes(create({ spot }), 2);
    expect(percents()).toEqual([0]);
  });
  test('is left alone in a group without such a policy', async () => {
    world.groups.set(GROUP, capacityOf({ inService: ['i-1', 'i-2'] }));
    await runMinutes(create({ spot }), 1);
    expect(percents()).toEqual([]);
  });
  test('is nothing that a wake-up changes', async () => {
    world.groups.set(GROUP, capacityOf({ inService: ['i-1', 'i-2'], onDemandPercent: 70 }));
    await world.time.run(create({ spot }).wake('main'));
    expect(percents()).toEqual([]);
  });
});

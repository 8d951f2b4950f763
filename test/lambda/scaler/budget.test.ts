import type { Asked, Ports } from '../../../lambda/scaler/ports';
import { createScaler, type Scaler } from '../../../lambda/scaler/scaler';
import { newWorld, portsOf, remainingOf, type World } from './fake-ports';
import { capacityOf, envSettingsOf, NOW, settingsOf } from './perfect';

const MINUTE = 60_000;
let world: World;
let scaler: Scaler;
/** When the CI was asked, in seconds. */
let asked: number[];
beforeEach(() => {
  world = newWorld();
  asked = [];
});

interface Given {
  requests: number;
  requestsPerMinute?: number;
  webhook?: boolean;
  fleets?: number;
  problem?: 'timeout';
}
function portsFor({ requests, problem }: Given): Ports {
  const ports = portsOf(world);
  const gitlab = async ({ round }: Asked<'gitlab'>) => {
    asked.push(Math.round((world.time.now() - NOW) / 1000));
    round.requests += requests;
    return problem
      ? { kind: 'unknown' as const, problem, detail: 'seen' }
      : { kind: 'known' as const, queued: 2, running: 0 };
  };
  return { ...ports, ci: { ...ports.ci, gitlab } };
}
function settingsFor({ requestsPerMinute = 60, webhook = false, fleets = 1 }: Given) {
  const names = Array.from({ length: fleets }, (_, i) => `f${i}`);
  for (const name of names) world.groups.set(`muster-dev-${name}`, capacityOf());
  const queue = { ci: 'gitlab' as const, runnerId: 7, projects: ['acme/app'], groups: [] };
  return envSettingsOf(
    names.map((name) => settingsOf({ name, group: `muster-dev-${name}`, queue })),
    {
      accounts: {
        main: { ci: 'gitlab', baseUrl: 'http://ci.invalid', apiTokenSecret: 'x', requestsPerMinute, webhook },
      },
    },
  );
}
const start = (given: Given) => {
  scaler = createScaler(settingsFor(given), portsFor(given));
};
async function runMinutes(count: number) {
  for (let minute = 0; minute < count; minute++) {
    await world.time.run(world.time.sleep(Math.max(0, NOW + minute * MINUTE - world.time.now())));
    await world.time.run(scaler.runMinute(remainingOf(world)));
  }
}
const everyOf = (seconds: number, until: number) =>
  Array.from({ length: Math.ceil(until / seconds) }, (_, i) => i * seconds);

describe('an account is polled as often as its requests allow', () => {
  test.each([
    ['as the settings say, when that is less', 5, 10],
    ['every twenty seconds', 20, 20],
    ['out of step with the minute', 25, 25],
    ['every hundred seconds', 100, 100],
    ['every four minutes', 240, 240],
  ])('%s: %d requests a poll at 60 a minute', async (_what, requests, seconds) => {
    start({ requests });
    await runMinutes(10);
    // Who would have to begin too late in a minute waits for the next one.
    const gaps = asked.slice(1).map((at, i) => at - (asked[i] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(seconds);
    expect(asked.length).toBeGreaterThanOrEqual(everyOf(seconds, 600).length * 0.7);
  });
  test('the requests of all its fleets count together', async () => {
    start({ requests: 10, fleets: 3 });
    await runMinutes(2);
    expect([...new Set(asked)]).toEqual([0, 30, 60, 90]);
  });
  test('the budget holds over any ten minutes', async () => {
    start({ requests: 37 });
    await runMinutes(10);
    expect(asked.length * 37).toBeLessThanOrEqual(60 * 10 + 37);
  });
  test('how far apart the polls are is in the line', async () => {
    start({ requests: 20 });
    await runMinutes(1);
    expect(world.lines.at(-1)?.fields).toMatchObject({ fleet: 'f0', pollSeconds: 20 });
  });
  test('at the pace of the settings it is not', async () => {
    start({ requests: 5 });
    await runMinutes(1);
    expect(world.lines.at(-1)?.fields).not.toHaveProperty('pollSeconds');
  });
  test('one poll makes no more requests than four minutes have', async () => {
    let most: number | undefined;
    const ports = portsFor({ requests: 1 });
    const gitlab: Ports['ci']['gitlab'] = (question, signal) => {
      most = question.round.most;
      return ports.ci.gitlab(question, signal);
    };
    scaler = createScaler(settingsFor({ requests: 1 }), { ...ports, ci: { ...ports.ci, gitlab } });
    await runMinutes(1);
    expect(most).toBe(240);
  });
});

describe('the next minute may come in another process', () => {
  // What is sent has to be back before it begins, however long it takes.
  test.each([5, 12, 17, 25, 29, 35, 50, 59])(
    'at %d requests a poll none reaches into it',
    async (requests) => {
      const given = { requests };
      const ports = portsFor(given);
      const gitlab: Ports['ci']['gitlab'] = async (question, signal) => {
        const demand = await ports.ci.gitlab(question, signal);
        await world.time.sleep(MINUTE, signal);
        ended.push((world.time.now() - NOW) / 1000);
        return demand;
      };
      const ended: number[] = [];
      scaler = createScaler(settingsFor(given), { ...ports, ci: { ...ports.ci, gitlab } });
      await runMinutes(10);
      const minuteOf = (second: number) => Math.floor(second / 60);
      expect(ended.map(minuteOf)).toEqual(asked.map(minuteOf));
      expect([...new Set(asked.map(minuteOf))]).toEqual(everyOf(1, 10));
    },
  );
});

describe('in a minute without a poll', () => {
  test('the metrics of the last one stand', async () => {
    start({ requests: 150 });
    await runMinutes(5);
    expect(world.metrics).toHaveLength(5);
    expect(world.metrics.map(({ values }) => values.Queued)).toEqual([2, 2, 2, 2, 2]);
  });
  test('what was unknown still is, or an alarm that counts minutes would never ring', async () => {
    start({ requests: 150, problem: 'timeout' });
    for (let minute = 0; minute < 5; minute++) {
      await world.time.run(world.time.sleep(Math.max(0, NOW + minute * MINUTE - world.time.now())));
      await expect(world.time.run(scaler.runMinute(remainingOf(world)))).rejects.toThrow(
        /f0: demand-unknown/,
      );
    }
    expect(asked.length).toBeLessThan(4);
  });
});

describe('with a webhook', () => {
  test('half of the requests is for wake-ups', async () => {
    start({ requests: 10, webhook: true });
    await runMinutes(2);
    expect(asked).toEqual([0, 20, 40, 60, 80, 100]);
  });
  test('wake-ups that come all the time get the other half', async () => {
    const given = { requests: 10, webhook: true };
    const awake = createScaler(settingsFor(given), portsFor(given));
    for (let second = 0; second < 120; second++) {
      await world.time.run(world.time.sleep(Math.max(0, NOW + second * 1000 - world.time.now())));
      await world.time.run(awake.wake('main'));
    }
    expect(asked.length).toBeLessThanOrEqual(6);
    expect(asked.length).toBeGreaterThanOrEqual(5);
  });
});

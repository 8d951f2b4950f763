import type { Scenario } from '../../simulate/scenario';
import { type SoakOptions, soak, toReport } from '../../simulate/soak';
import { PERFECT_WORLD } from '../../simulate/world';
import { jobAt, PERFECT_PLAN } from './perfect-plan';

const scenarioOf = (count: number): Scenario => ({
  works: [{ plan: PERFECT_PLAN, jobs: Array.from({ length: count }, (_, index) => jobAt(index * 60)) }],
  account: {},
  world: PERFECT_WORLD,
});
/** A scaler that crashes at each look, so that no job is served. */
const toBroken = (scenario: Scenario): Scenario => ({
  ...scenario,
  works: scenario.works.map(({ plan, jobs }) => ({
    jobs,
    plan: { ...plan, policy: 'published-nothing', life: { ...plan.life, way: 'powers-off' } },
  })),
  world: { ...PERFECT_WORLD, faults: { ...PERFECT_WORLD.faults, readFails: 1 } },
});

function play(deviation: Partial<SoakOptions> = {}) {
  const seeds: number[] = [];
  let time = 0;
  const clock = () => {
    time += 5;
    return time;
  };
  const soaked = soak({
    ...{ first: 1, jobs: 50, size: 'small', hasPublished: false, clock },
    make: () => scenarioOf(20),
    onScenario: ({ seed }) => {
      seeds.push(seed);
    },
    ...deviation,
  });
  return { ...soaked, seeds };
}

test('it plays one seed after the other until there were enough jobs', () => {
  const { seeds, lastSeed, ours, violation } = play({ first: 7 });
  expect([seeds, lastSeed, ours.jobs]).toEqual([[7, 8, 9], 9, 60]);
  expect(violation).toBeUndefined();
  expect(ours).toMatchObject({ killed: 0, lost: 0, notServed: 0, leaked: 0 });
  expect(ours.hours).toBeGreaterThan((60 * 120) / 3600);
});

test('it tells how long ours took, by the clock that it is given', () => {
  expect(play().took).toBe(3 * 5);
});

test('a seed without a job is passed by', () => {
  const { seeds, ours } = play({ make: (seed) => scenarioOf(seed % 2 ? 0 : 25) });
  expect([seeds, ours.jobs]).toEqual([[2, 4], 50]);
});

test('a violation ends it, with its seed, what was violated, and the smallest trace', () => {
  const { seeds, violation, ours } = play({
    jobs: 1000,
    make: (seed) => (seed === 3 ? toBroken(scenarioOf(20)) : scenarioOf(20)),
  });
  expect(seeds).toEqual([1, 2, 3]);
  expect(violation).toMatchObject({ seed: 3, jobs: 20, least: 1 });
  expect(violation?.problems).toContainEqual(expect.stringMatching(/20 of 20 jobs/));
  expect(ours.notServed).toBe(20);
  expect(violation && toReport(violation, 'small')).toMatch(
    /20 of 20 jobs were not served.*\b1 of 20\b.*make simulate SOAK=3 SIZE=small/s,
  );
});

test('the published scaler plays the same jobs beside ours, and nobody is blamed for it', () => {
  const { ours, published, violation } = play({ hasPublished: true });
  expect(published.jobs).toBe(ours.jobs);
  expect(published.cost).toBeGreaterThan(ours.cost);
  expect(violation).toBeUndefined();
  expect(play().published.jobs).toBe(0);
});

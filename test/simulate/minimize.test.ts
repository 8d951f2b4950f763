import { minimize } from '../../simulate/minimize';
import type { Scenario } from '../../simulate/scenario';
import type { Job } from '../../simulate/trace';
import { PERFECT_WORLD } from '../../simulate/world';
import { jobAt, PERFECT_PLAN } from './perfect-plan';

const scenarioOf = (count: number): Scenario => ({
  plan: PERFECT_PLAN,
  jobs: Array.from({ length: count }, (_, index) => jobAt(index)),
  world: PERFECT_WORLD,
});
const SCENARIO = scenarioOf(100);
/** It goes wrong when all of these jobs are there. */
const needs =
  (...needed: (Job | undefined)[]) =>
  ({ jobs }: Scenario) =>
    needed.every((job) => job && jobs.includes(job));

test.each<[what: string, indices: number[]]>([
  ['the first', [0]],
  ['one in the middle', [42]],
  ['the last', [99]],
  ['two far from each other', [3, 96]],
  ['three', [10, 11, 70]],
])('what it takes to go wrong is left, and nothing else: %s', (_, indices) => {
  const needed = indices.map((index) => SCENARIO.jobs[index]);
  const { jobs } = minimize(SCENARIO, needs(...needed));
  expect(jobs).toEqual(needed);
});

test('all stay, in their order, where all are needed', () => {
  expect(minimize(SCENARIO, needs(...SCENARIO.jobs)).jobs).toEqual(SCENARIO.jobs);
});

test('fleet and world stay as they are', () => {
  const { plan, world } = minimize(SCENARIO, () => true);
  expect(plan).toBe(SCENARIO.plan);
  expect(world).toBe(SCENARIO.world);
});

test('a job at least is left, for without one nothing can be seen', () => {
  expect(minimize(SCENARIO, () => true).jobs).toHaveLength(1);
  expect(minimize(scenarioOf(1), () => true).jobs).toHaveLength(1);
});

test('what has no small cause does not take for ever', () => {
  const large = scenarioOf(2000);
  let runs = 0;
  const { jobs } = minimize(large, () => {
    runs += 1;
    return false;
  });
  expect(runs).toBeLessThanOrEqual(400);
  expect(jobs).toHaveLength(2000);
});

test('the scenario that is given does not change', () => {
  const scenario = scenarioOf(10);
  minimize(scenario, () => true);
  expect(scenario).toEqual(scenarioOf(10));
});

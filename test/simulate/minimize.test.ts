import { minimize } from '../../simulate/minimize';
import type { Scenario } from '../../simulate/scenario';
import type { Job } from '../../simulate/trace';
import { PERFECT_WORLD } from '../../simulate/world';
import { jobAt, PERFECT_PLAN } from './perfect-plan';

const jobsOf = (count: number) => Array.from({ length: count }, (_, index) => jobAt(index));
/** @param counts of jobs, one a fleet */
const scenarioOf = (...counts: number[]): Scenario => ({
  works: counts.map((count) => ({ plan: PERFECT_PLAN, jobs: jobsOf(count) })),
  account: {},
  world: PERFECT_WORLD,
});
const allOf = ({ works }: Scenario): Job[] => works.flatMap(({ jobs }) => jobs);
const SCENARIO = scenarioOf(100);
/** It goes wrong when all of these jobs are there. */
const needs =
  (...needed: (Job | undefined)[]) =>
  (scenario: Scenario) =>
    needed.every((job) => job && allOf(scenario).includes(job));

test.each<[what: string, indices: number[]]>([
  ['the first', [0]],
  ['one in the middle', [42]],
  ['the last', [99]],
  ['two far from each other', [3, 96]],
  ['three', [10, 11, 70]],
])('what it takes to go wrong is left, and nothing else: %s', (_, indices) => {
  const needed = indices.map((index) => allOf(SCENARIO)[index]);
  expect(allOf(minimize(SCENARIO, needs(...needed)))).toEqual(needed);
});

test('of several fleets each keeps what of it is needed, also nothing', () => {
  const scenario = scenarioOf(10, 20, 30);
  const [first, , last] = scenario.works;
  const needed = [first?.jobs[4], last?.jobs[29]];
  const { works } = minimize(scenario, needs(...needed));
  expect(works.map(({ jobs }) => jobs)).toEqual([[needed[0]], [], [needed[1]]]);
});

test('all stay, in their order, where all are needed', () => {
  expect(minimize(SCENARIO, needs(...allOf(SCENARIO)))).toEqual(SCENARIO);
});

test('fleets, account and world stay as they are', () => {
  const { works, account, world } = minimize(SCENARIO, () => true);
  expect(works.map(({ plan }) => plan)).toEqual([PERFECT_PLAN]);
  expect(account).toEqual(SCENARIO.account);
  expect(world).toEqual(SCENARIO.world);
});

test('a job at least is left, for without one nothing can be seen', () => {
  expect(allOf(minimize(SCENARIO, () => true))).toHaveLength(1);
  expect(allOf(minimize(scenarioOf(1), () => true))).toHaveLength(1);
});

test('what has no small cause does not take for ever', () => {
  let runs = 0;
  const least = minimize(scenarioOf(2000), () => {
    runs += 1;
    return false;
  });
  expect(runs).toBeLessThanOrEqual(400);
  expect(allOf(least)).toHaveLength(2000);
});

test('the scenario that is given does not change', () => {
  const scenario = scenarioOf(10);
  minimize(scenario, () => true);
  expect(scenario).toEqual(scenarioOf(10));
});

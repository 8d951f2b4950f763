import { minimize } from '../../simulate/minimize';
import type { Scenario } from '../../simulate/scenario';
import type { Job } from '../../simulate/trace';
import { PERFECT_WORLD } from '../../simulate/world';
import { jobAt, PERFECT_PLAN } from './perfect-plan';

const jobsOf = (count: number) => Array.from({ length: count }, (_, index) => jobAt(index));
const scenarioOf = (...counts: number[]): Scenario => ({
  works: counts.map((count) => ({ plan: PERFECT_PLAN, jobs: jobsOf(count) })),
  account: { limit: 3 },
  world: PERFECT_WORLD,
});
const SCENARIO = scenarioOf(100);
/** Of the only fleet. */
const toJobs = ({ works }: Scenario) => works[0]?.jobs ?? [];
/** It goes wrong when all of these jobs are there. */
const needs =
  (...needed: (Job | undefined)[]) =>
  (scenario: Scenario) =>
    needed.every((job) => job && toJobs(scenario).includes(job));

test.each<[what: string, indices: number[]]>([
  ['the first', [0]],
  ['one in the middle', [42]],
  ['the last', [99]],
  ['two far from each other', [3, 96]],
  ['three', [10, 11, 70]],
])('what it takes to go wrong is left, and nothing else: %s', (_, indices) => {
  const needed = indices.map((index) => toJobs(SCENARIO)[index]);
  expect(toJobs(minimize(SCENARIO, needs(...needed)))).toEqual(needed);
});

test('all stay, in their order, where all are needed', () => {
  const jobs = toJobs(SCENARIO);
  expect(toJobs(minimize(SCENARIO, needs(...jobs)))).toEqual(jobs);
});

test('of several fleets each keeps what is needed of its own', () => {
  const scenario = scenarioOf(20, 30);
  const [first, second] = [scenario.works[0]?.jobs[7], scenario.works[1]?.jobs[29]];
  const { works } = minimize(scenario, ({ works: [one, other] }) =>
    Boolean(first && second && one?.jobs.includes(first) && other?.jobs.includes(second)),
  );
  expect(works.map(({ jobs }) => jobs)).toEqual([[first], [second]]);
});

test('fleet, account and world stay as they are', () => {
  const { works, account, world } = minimize(SCENARIO, () => true);
  expect(works[0]?.plan).toBe(PERFECT_PLAN);
  expect({ account, world }).toEqual({ account: SCENARIO.account, world: SCENARIO.world });
});

test('a job at least is left, for without one nothing can be seen', () => {
  expect(toJobs(minimize(SCENARIO, () => true))).toHaveLength(1);
  expect(toJobs(minimize(scenarioOf(1), () => true))).toHaveLength(1);
});

test('what has no small cause does not take for ever', () => {
  const large = scenarioOf(2000);
  let runs = 0;
  const least = minimize(large, () => {
    runs += 1;
    return false;
  });
  expect(runs).toBeLessThanOrEqual(400);
  expect(toJobs(least)).toHaveLength(2000);
});

test('the scenario that is given does not change', () => {
  const scenario = scenarioOf(10);
  minimize(scenario, () => true);
  expect(scenario).toEqual(scenarioOf(10));
});

/** The smallest trace that still goes wrong: half of the jobs, a quarter, …, then each alone, left out as long as it does. */
import { runFleet } from './run';
import type { Scenario } from './scenario';
import type { Job } from './trace';
import { verify } from './verify';

export const toViolations = ({ plan, jobs, world }: Scenario): string[] =>
  jobs.length === 0 ? [] : verify(plan, jobs, world, runFleet(plan, jobs, world));

/** Simulations that may be spent on it. */
const MOST_RUNS = 400;

export function minimize(
  scenario: Scenario,
  isBad = (tried: Scenario) => toViolations(tried).length > 0,
): Scenario {
  let jobs: readonly Job[] = scenario.jobs;
  let runs = 0;
  for (let size = Math.ceil(jobs.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < jobs.length && runs < MOST_RUNS; ) {
      const fewer = [...jobs.slice(0, from), ...jobs.slice(from + size)];
      runs += 1;
      if (fewer.length > 0 && isBad({ ...scenario, jobs: fewer })) jobs = fewer;
      else from += size;
    }
  }
  return { ...scenario, jobs: [...jobs] };
}

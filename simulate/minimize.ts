/** The smallest trace that still goes wrong: half of the jobs, a quarter, …, then each alone, left out as long as it does. */
import { runFleets } from './run';
import type { Scenario } from './scenario';
import { verifyAll } from './verify';

/** One line for each thing that must not be; with several fleets each names its own. */
export function toViolations({ works, account, world }: Scenario): string[] {
  if (works.every(({ jobs }) => jobs.length === 0)) return [];
  return verifyAll(works, world, runFleets(works, world, account));
}

/** Simulations that may be spent on it. */
const MOST_RUNS = 400;

/** Numbers of jobs, counted through all fleets. */
const without = (works: Scenario['works'], from: number, size: number): Scenario['works'] => {
  let index = 0;
  return works.map(({ plan, jobs }) => ({
    plan,
    jobs: jobs.filter(() => {
      const at = index++;
      return at < from || at >= from + size;
    }),
  }));
};

export const countJobs = ({ works }: Pick<Scenario, 'works'>): number =>
  works.reduce((sum, { jobs }) => sum + jobs.length, 0);

export function minimize(
  scenario: Scenario,
  isBad = (tried: Scenario) => toViolations(tried).length > 0,
): Scenario {
  let least = scenario;
  let runs = 0;
  for (let size = Math.ceil(countJobs(least) / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < countJobs(least) && runs < MOST_RUNS; ) {
      const fewer = { ...least, works: without(least.works, from, size) };
      runs += 1;
      if (countJobs(fewer) > 0 && isBad(fewer)) least = fewer;
      else from += size;
    }
  }
  return least;
}

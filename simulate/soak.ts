/** Scenario after scenario, ours beside a published scaler with the same jobs and faults, until enough jobs were played. */
import { toStaying } from '../lambda/scaler/core/warm';
import type { Result } from './fleet';
import { countJobs, minimize } from './minimize';
import { runFleets } from './run';
import { type Scenario, type Size, toScenario } from './scenario';
import { verifyAll } from './verify';

/** What many runs come to. */
export interface Sum {
  jobs: number;
  killed: number;
  /** To a crash, or a spot instance that was taken. */
  lost: number;
  notServed: number;
  /** Instances that were there hours after the last job, more than are warm. */
  leaked: number;
  /** Dollars. */
  cost: number;
  hours: number;
}

export interface SoakOptions {
  first: number;
  jobs: number;
  size: Size;
  hasPublished: boolean;
  /** Milliseconds of any clock, for what took how long. */
  clock: () => number;
  /** @returns true to end here */
  onScenario?: (progress: { seed: number; jobs: number }) => boolean | undefined;
  /** Other scenarios than a seed's, for a test. */
  make?: (seed: number, size: Size) => Scenario;
}

export interface Soaked {
  ours: Sum;
  published: Sum;
  lastSeed: number;
  /** Milliseconds that ours took. */
  took: number;
  violation: Violation | undefined;
}

export interface Violation {
  seed: number;
  problems: string[];
  /** Of the scenario, and of its smallest trace that is still bad. */
  jobs: number;
  least: number;
}

/** What was wrong, and how to see it again. */
export const toReport = ({ seed, problems, jobs, least }: Violation, size: Size): string =>
  [
    `Seed ${seed}: ${problems.join('; ')}.`,
    `The smallest trace that still does it has ${least} of ${jobs} jobs.`,
    `Replay: make simulate SOAK=${seed} SIZE=${size}`,
  ].join('\n');

const newSum = (): Sum => ({ jobs: 0, killed: 0, lost: 0, notServed: 0, leaked: 0, cost: 0, hours: 0 });

function play(sum: Sum, { works, account, world }: Scenario): Result[] {
  const results = runFleets(works, world, account);
  results.forEach(({ fates, jobs, cost, bill, left }, index) => {
    const settings = works[index]?.plan.settings;
    sum.leaked += Math.max(0, left.instances - (settings ? toStaying(settings, left.at) : 0));
    sum.jobs += jobs;
    sum.killed += fates.killed;
    sum.lost += fates.crashed + fates.reclaimed;
    sum.notServed += fates.open;
    sum.cost += cost;
    sum.hours += bill.instanceHours;
  });
  return results;
}

/** Single-task agents without hours, warm capacity or a pool: what the published ones are. */
const toPublished = ({ works, account, world }: Scenario): Scenario => ({
  account,
  world,
  works: works.map(({ plan, jobs }) => ({
    jobs,
    plan: {
      ...plan,
      policy: 'published-maximum',
      settings: { ...plan.settings, warm: 0, slots: 1, hours: undefined },
      group: { ...plan.group, stopped: 0 },
      life: { ...plan.life, slots: 1, serves: 'one-job', way: 'powers-off' },
    },
  })),
});

/** Ends at the first violation. */
export function soak(options: SoakOptions): Soaked {
  const { first, jobs, size, hasPublished, clock, onScenario, make = toScenario } = options;
  const soaked: Soaked = {
    ours: newSum(),
    published: newSum(),
    lastSeed: first,
    took: 0,
    violation: undefined,
  };
  for (let seed = first; soaked.ours.jobs < jobs && !soaked.violation; seed += 1) {
    const scenario = make(seed, size);
    if (countJobs(scenario) === 0) continue;
    const begin = clock();
    const results = play(soaked.ours, scenario);
    soaked.took += clock() - begin;
    soaked.lastSeed = seed;
    const problems = verifyAll(scenario.works, scenario.world, results);
    if (problems.length > 0) {
      const least = countJobs(minimize(scenario));
      soaked.violation = { seed, problems, jobs: countJobs(scenario), least };
    }
    if (hasPublished) play(soaked.published, toPublished(scenario));
    if (onScenario?.({ seed, jobs: soaked.ours.jobs })) break;
  }
  return soaked;
}

/** All fleets of a config, each account's on its own: what they come to together. */
import type { Result } from './fleet';
import { toBound } from './policies/bound';
import { runFleets, type Work } from './run';
import type { World } from './world';

/** The fleets of one CI account. */
export interface AccountWorks {
  works: readonly Work[];
  /** Jobs at once that the account runs, over its fleets; undefined: no limit. */
  concurrency: number | undefined;
}

export interface Played {
  fleet: string;
  result: Result;
  /** Jobs and one boot each, dollars. */
  bound: number;
}

/** Fleets that share nothing are played one after the other: what one leaves behind need not be kept for the next. */
const toCohorts = ({ works, concurrency }: AccountWorks): AccountWorks[] =>
  concurrency === undefined
    ? works.map((work) => ({ works: [work], concurrency }))
    : [{ works, concurrency }];

/** @returns in the order of the fleets */
export const playCompany = (accounts: readonly AccountWorks[], world: World): Played[] =>
  accounts.flatMap(toCohorts).flatMap(({ works, concurrency }) => {
    const results = runFleets(works, world, { concurrency });
    return works.map(({ plan, jobs }, index) => ({
      fleet: plan.settings.name,
      result: results[index] as Result,
      bound: toBound(jobs, world, plan).cost,
    }));
  });

export interface Total {
  jobs: number;
  killed: number;
  cost: number;
  bound: number;
  hours: number;
  /** Of the dollars, those for jobs. */
  utilisation: number;
}

export function toSum(played: readonly Played[]): Total {
  const total: Total = { jobs: 0, killed: 0, cost: 0, bound: 0, hours: 0, utilisation: 0 };
  let forJobs = 0;
  for (const { result, bound } of played) {
    total.jobs += result.jobs;
    total.killed += result.fates.killed;
    total.cost += result.cost;
    total.bound += bound;
    total.hours += result.bill.instanceHours;
    forJobs += result.bill.jobs;
  }
  return { ...total, utilisation: total.cost === 0 ? 0 : forJobs / total.cost };
}

/** Fleets through their jobs, from the first to the time when nothing should be left. */
import { AccountLimit } from './account-limit';
import { Agenda } from './agenda';
import { Aws } from './aws';
import { Fleet, type Result, type Watch } from './fleet';
import type { FleetPlan } from './plan';
import { startControls } from './policies/start-controls';
import { createRandom } from './random';
import type { Job } from './trace';
import { Windows } from './windows';
import type { World } from './world';

/** A fleet and what it is to run, in the order of submission. */
export interface Work {
  plan: FleetPlan;
  jobs: readonly Job[];
}

/** The CI account of the fleets. */
export interface Account {
  /** Jobs at once, as the config tells the scaler; undefined: nobody told it. */
  concurrency?: number | undefined;
  /** Jobs at once that the CI runs. Default: `concurrency`. */
  limit?: number | undefined;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Time enough to leave for all that has no job any more. */
const QUIET_MS = 6 * HOUR_MS;
/** A fleet that is too small for its jobs may take long; and then something is wrong. */
const MOST_DAYS = 90;

/** Fleets of one account, at once. @returns in the order of the fleets */
export function runFleets(
  works: readonly Work[],
  world: World,
  { concurrency, limit = concurrency }: Account = {},
  watches: readonly Watch[] = [],
): Result[] {
  const first = Math.min(...works.map(({ jobs }) => jobs[0]?.submitted ?? Infinity));
  const last = Math.max(...works.map(({ jobs }) => jobs.at(-1)?.submitted ?? -Infinity));
  // On a minute, as EventBridge Scheduler fires. Without any job there is nothing to wait for.
  const begin = Number.isFinite(first) ? Math.floor(first / 60_000) * 60_000 : 0;
  const end = Math.max(begin, last);
  const latest = end + MOST_DAYS * DAY_MS;
  const agenda = new Agenda(begin);
  const span = { begin, days: Math.ceil((latest - begin) / DAY_MS) };
  const { outageMinutes, throttledMinutes } = world.faults;
  const toWindows = (minutes: number, purpose: string) =>
    new Windows(span, minutes, createRandom(world.seed, purpose));
  const surroundings = {
    agenda,
    world,
    aws: new Aws(agenda, world, toWindows(throttledMinutes, 'throttling')),
    limit: new AccountLimit(limit),
    outages: toWindows(outageMinutes, 'outages'),
  };
  const fleets = works.map(
    ({ plan, jobs }, index) => new Fleet(plan, jobs, surroundings, watches[index] ?? {}),
  );
  startControls(fleets, { agenda, world, concurrency }, latest);
  agenda.runUntil(end);
  while (agenda.now < latest && fleets.some(({ hasOpenJobs }) => hasOpenJobs))
    agenda.runUntil(agenda.now + HOUR_MS);
  // What is always there is paid for until the last job has ended, and not for what comes after.
  if (works.some(({ plan }) => plan.policy !== 'always-on')) agenda.runUntil(agenda.now + QUIET_MS);
  return fleets.map((fleet) => fleet.end());
}

/** A fleet alone. */
export const runFleet = (plan: FleetPlan, jobs: readonly Job[], world: World, watch: Watch = {}): Result =>
  runFleets([{ plan, jobs }], world, {}, [watch])[0] as Result;

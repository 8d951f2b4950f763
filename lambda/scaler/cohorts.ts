import { type FleetState, newFleetState } from './fleet-state';
import type { Minute } from './minute';
import type { AccountSettings, Settings } from './settings';

/** Fleets that are polled together, and what the process keeps of them; all of that can be lost. */
export interface Cohort {
  /** Name of the account. */
  name: string;
  account: AccountSettings;
  fleets: FleetState[];
  /** How far apart its polls begin, as its request budget allows; known after the first. */
  intervalMs: number;
  /** Not polled before, by the minute and by wake-ups: each has a part of the budget. */
  dueAt: number;
  wakeDueAt: number;
  /** Of the last minute in which it was polled, by fleet. */
  minutes: ReadonlyMap<string, Minute>;
}

/** Fleets that share a concurrency, or what they read of a CI, are polled together, all others each on its own. */
export function toCohorts({ accounts, fleets, pollSeconds }: Settings): Cohort[] {
  const shared = new Map<string, Cohort>();
  return fleets.flatMap((settings) => {
    const { name, account: named } = settings;
    const account = accounts[named];
    if (!account)
      throw new Error(`fleet ${name} names account ${named}, which is not in the settings: deploy again`);
    if (account.ci !== settings.queue.ci)
      throw new Error(
        `fleet ${name} has a queue of ${settings.queue.ci}, but account ${named} is of ${account.ci}: deploy again`,
      );
    const fleet = newFleetState(settings);
    const cohort = shared.get(named);
    if (cohort) {
      cohort.fleets.push(fleet);
      return [];
    }
    const made: Cohort = {
      name: named,
      account,
      fleets: [fleet],
      intervalMs: pollSeconds * 1000,
      dueAt: -Infinity,
      wakeDueAt: -Infinity,
      minutes: new Map(),
    };
    if (account.concurrency !== undefined || account.ci === 'gitlab') shared.set(named, made);
    return [made];
  });
}

const MINUTE_MS = 60_000;
/** However large an account: so long ago may be what its fleets follow. Also the request limit of one poll. */
const MOST_MINUTES = 4;

/** Whether its polls are paced by the requests that they make. */
export const hasBudget = (account: AccountSettings): boolean => account.ci === 'gitlab';

/** Requests a minute that polls may make, and as many for wake-ups: these come from another process. */
function toShare(account: AccountSettings): number {
  if (account.ci !== 'gitlab') return Infinity;
  return account.webhook ? account.requestsPerMinute / 2 : account.requestsPerMinute;
}

/** Requests that one poll may make at most: the rest is not read, and what was is a lower bound. */
export const toMostRequests = (account: AccountSettings): number => toShare(account) * MOST_MINUTES;

/** After a poll that made so many requests, how long until the next may begin. */
export const toPause = (account: AccountSettings, requests: number): number =>
  Math.ceil((MINUTE_MS * requests) / toShare(account));

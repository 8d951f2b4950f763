import { type FleetState, newFleetState } from './fleet-state';
import { logPoll } from './log-poll';
import { addPoll, EMPTY_MINUTE, type Minute, toError, toMetrics } from './minute';
import { pollFleets } from './poll-fleets';
import type { Ports } from './ports';
import type { AccountSettings, Settings } from './settings';

/** The schedule calls once a minute; what is polled later belongs to the next call. */
const MINUTE_MS = 60_000;

/**
 * Makes the scaler: a function that polls all fleets for one minute and rejects, when all is done, if anything
 * was unknown. `remainingMs` tells how long it may still run.
 */
export function createScaler(settings: Settings, ports: Ports) {
  const cohorts = toCohorts(settings);
  const pollMs = settings.pollSeconds * 1000;

  return async function runMinute(remainingMs: () => number): Promise<void> {
    const { now, sleep, log, publishMetrics } = ports;
    const start = now();
    const minutes = new Map<string, Minute>();
    const logged = new Set<string>();
    const bugs: unknown[] = [];

    const pollOnce = async ({ account, fleets }: Cohort, last: boolean) => {
      const polls = await pollFleets(fleets, account, pollMs, ports);
      fleets.forEach((fleet, i) => {
        const poll = polls[i];
        if (!poll) return;
        const { name } = fleet.settings;
        minutes.set(name, addPoll(minutes.get(name) ?? EMPTY_MINUTE, poll));
        const always = last && !logged.has(name) ? 'always' : 'on-change';
        if (logPoll(fleet, poll, always, log)) logged.add(name);
      });
    };
    // Each cohort keeps its own time: one that is late does not delay another.
    const pollForMinute = async (cohort: Cohort) => {
      for (let begin = start; ; ) {
        await sleep(Math.max(0, begin - now()));
        const next = begin + pollMs * Math.max(1, Math.ceil((now() - begin) / pollMs));
        // A poll that could not end in time would be cut off between a decision and its change.
        const last = next >= start + MINUTE_MS || next + pollMs > now() + remainingMs();
        await pollOnce(cohort, last);
        if (last) return;
        begin = next;
      }
    };
    await Promise.all(cohorts.map((cohort) => pollForMinute(cohort).catch((bug) => bugs.push(bug))));
    for (const [fleet, minute] of minutes) publishMetrics(fleet, toMetrics(minute));
    const error = toError(minutes);
    if (bugs.length > 0) throw new AggregateError(bugs, `${error?.message ?? 'A bug'}\n${bugs.join('\n')}`);
    if (error) throw error;
  };
}

interface Cohort {
  account: AccountSettings;
  fleets: FleetState[];
}

/** Fleets that share a concurrency, or what they read of a CI, are polled together, all others each on its own. */
function toCohorts({ accounts, fleets }: Settings): Cohort[] {
  const shared = new Map<string, Cohort>();
  return fleets.flatMap((settings) => {
    const account = accounts[settings.account];
    if (!account)
      throw new Error(
        `fleet ${settings.name} names account ${settings.account}, which is not in the settings: deploy again`,
      );
    const fleet = newFleetState(settings);
    const cohort = shared.get(settings.account);
    if (cohort) {
      cohort.fleets.push(fleet);
      return [];
    }
    const made = { account, fleets: [fleet] };
    if (account.concurrency !== undefined || account.ci === 'gitlab') shared.set(settings.account, made);
    return [made];
  });
}

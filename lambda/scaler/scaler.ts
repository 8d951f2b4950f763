import { type Cohort, hasBudget, toCohorts, toMostRequests, toPause } from './cohorts';
import { logPoll } from './log-poll';
import { addPoll, EMPTY_MINUTE, type Minute, toError, toMetrics } from './minute';
import { pollFleets } from './poll-fleets';
import type { Ports, Round } from './ports';
import type { Settings } from './settings';

/** The schedule calls once a minute; what is polled later belongs to the next call. */
const MINUTE_MS = 60_000;
/** A poll of a large account may take as long, and must end before the Lambda does. */
const LONGEST_POLL_MS = 30_000;

export interface Scaler {
  /**
   * Polls all fleets for one minute and rejects, when all is done, if anything was unknown. `remainingMs` tells how
   * long it may still run.
   */
  runMinute(remainingMs: () => number): Promise<void>;
  /**
   * Polls the fleets of an account once, now, and grows them. What it cannot read the minute says; an unknown account
   * rejects.
   */
  wake(account: string): Promise<void>;
}

export function createScaler(settings: Settings, ports: Ports): Scaler {
  const { now, sleep, log, publishMetrics } = ports;
  const cohorts = toCohorts(settings);
  const pollMs = settings.pollSeconds * 1000;
  const toPollMs = ({ intervalMs }: Cohort) => Math.max(pollMs, Math.min(intervalMs, LONGEST_POLL_MS));

  const poll = async (cohort: Cohort, turn: 'minute' | 'wake') => {
    const begun = now();
    const round: Round = { fleets: 0, requests: 0, most: toMostRequests(cohort.account) };
    const polls = await pollFleets(cohort, round, toPollMs(cohort), ports, turn);
    return { polls, begun, pause: toPause(cohort.account, round.requests) };
  };

  async function runMinute(remainingMs: () => number): Promise<void> {
    const start = now();
    const minutes = new Map<string, Minute>();
    const logged = new Set<string>();
    const bugs: unknown[] = [];

    const pollOnce = async (cohort: Cohort, isLast: (intervalMs: number) => boolean) => {
      const { polls, begun, pause } = await poll(cohort, 'minute');
      cohort.intervalMs = Math.max(pollMs, pause);
      // Only a budget reaches into the next minute: the minutes themselves do not come at the very second.
      cohort.dueAt = pause > pollMs ? begun + pause : -Infinity;
      const last = isLast(cohort.intervalMs);
      cohort.fleets.forEach((fleet, i) => {
        const seen = polls[i];
        if (!seen) return;
        const { name } = fleet.settings;
        minutes.set(name, addPoll(minutes.get(name) ?? EMPTY_MINUTE, seen));
        const always = last && !logged.has(name) ? 'always' : 'on-change';
        const everyMs = pause > pollMs ? pause : undefined;
        if (logPoll(fleet, { ...seen, everyMs }, always, log)) logged.add(name);
      });
      return last;
    };
    // Each cohort keeps its own time: one that is late does not delay another.
    const pollForMinute = async (cohort: Cohort) => {
      let begin = Math.max(start, cohort.dueAt);
      const isOver = (at: number) =>
        // A poll that could not end in time would be cut off between a decision and its change.
        at >= start + MINUTE_MS ||
        at + toPollMs(cohort) > now() + remainingMs() ||
        // The next minute may come in another process, which knows nothing of this one and polls at once: requests
        // of both would count against one budget. Who is due at the start is polled all the same, once a minute.
        (hasBudget(cohort.account) && at + toPollMs(cohort) > start + MINUTE_MS);
      if (begin > start && isOver(begin)) {
        // What was seen in its last minute still holds, or alarms that count minutes would never ring.
        for (const [fleet, minute] of cohort.minutes) minutes.set(fleet, minute);
        return;
      }
      for (;;) {
        await sleep(Math.max(0, begin - now()));
        const at = begin;
        const toNext = (ms: number) => at + ms * Math.max(1, Math.ceil((now() - at) / ms));
        if (await pollOnce(cohort, (ms) => isOver(toNext(ms)))) break;
        begin = toNext(cohort.intervalMs);
      }
      const names = cohort.fleets.map(({ settings: { name } }) => name);
      cohort.minutes = new Map([...minutes].filter(([name]) => names.includes(name)));
    };
    await Promise.all(cohorts.map((cohort) => pollForMinute(cohort).catch((bug) => bugs.push(bug))));
    for (const [fleet, minute] of minutes) publishMetrics(fleet, toMetrics(minute));
    const error = toError(minutes);
    if (bugs.length > 0) throw new AggregateError(bugs, `${error?.message ?? 'A bug'}\n${bugs.join('\n')}`);
    if (error) throw error;
  }

  async function wake(account: string): Promise<void> {
    const woken = cohorts.filter(({ name }) => name === account);
    if (woken.length === 0)
      throw new Error(
        `asked to wake account ${JSON.stringify(account)}, which no fleet has: deploy the webhook again`,
      );
    await Promise.all(
      woken.map(async (cohort) => {
        if (now() < Math.max(cohort.dueAt, cohort.wakeDueAt)) return;
        const { polls, begun, pause } = await poll(cohort, 'wake');
        cohort.wakeDueAt = begun + pause;
        cohort.fleets.forEach((fleet, i) => {
          const seen = polls[i];
          if (seen) logPoll(fleet, seen, 'on-change', log);
        });
      }),
    );
  }
  return { runMinute, wake };
}

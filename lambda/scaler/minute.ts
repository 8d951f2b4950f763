import { BLOCKING, PROBLEMS } from './core/reasons';
import type { Poll, Trouble } from './fleet-state';
import { METRICS } from './settings';

/** What the polls of one minute add up to. */
export interface Minute {
  polls: number;
  last: Poll | undefined;
  unknown: boolean;
  blocked: boolean;
  /** By reason and problem: the last one of each, and in how many polls it came. */
  troubles: ReadonlyMap<string, { trouble: Trouble; polls: number }>;
}

export const EMPTY_MINUTE: Minute = {
  polls: 0,
  last: undefined,
  unknown: false,
  blocked: false,
  troubles: new Map(),
};

export function addPoll(minute: Minute, poll: Poll): Minute {
  const troubles = new Map(minute.troubles);
  for (const trouble of poll.troubles) {
    const key = `${trouble.reason} ${trouble.problem}`;
    troubles.set(key, { trouble, polls: (troubles.get(key)?.polls ?? 0) + 1 });
  }
  return {
    polls: minute.polls + 1,
    last: poll,
    unknown: minute.unknown || poll.capacity.kind === 'unknown' || isMissing(poll),
    blocked: minute.blocked || BLOCKING.has(poll.decision.reason),
    troubles,
  };
}

/** Of a closed fleet nobody has to know what waits. */
const isMissing = ({ troubles }: Poll): boolean => troubles.some(({ reason }) => reason === 'demand-unknown');

/** Six metrics at most: each is billed for each fleet. What is unknown is left out; it is no zero. */
export function toMetrics({ last, unknown, blocked }: Minute): Record<string, number> {
  const { demand, capacity } = last ?? {};
  return {
    ...(demand?.kind === 'known'
      ? { [METRICS.queued]: demand.queued, [METRICS.running]: demand.running }
      : {}),
    ...(capacity?.kind === 'known'
      ? { [METRICS.desired]: capacity.desired, [METRICS.inService]: capacity.inService.length }
      : {}),
    [METRICS.unknown]: Number(unknown),
    [METRICS.blocked]: Number(blocked),
  };
}

/** An error message is cut by whoever shows it; the log has every fleet. */
const NAMED = 20;

/** What makes the invocation fail, so that the plain Lambda error alarm fires; undefined when nothing does. */
export function toError(minutes: ReadonlyMap<string, Minute>): Error | undefined {
  const lines = [...minutes].flatMap(([fleet, { troubles, polls: all }]) =>
    [...troubles.values()].map(
      ({ trouble: { reason, problem, detail }, polls }) =>
        `${fleet}: ${reason}, ${problem} in ${polls} of ${all} polls (${detail}). ${PROBLEMS[problem].remedy}`,
    ),
  );
  if (lines.length === 0) return undefined;
  const more = lines.length > NAMED ? `\n… and ${lines.length - NAMED} more, see the log` : '';
  return new Error(`docs/reasons.md says what to do:\n${lines.slice(0, NAMED).join('\n')}${more}`);
}

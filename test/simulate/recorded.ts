/** What was recorded of a fleet in the cloud: as a run, and as jobs and a world in which the model plays them. */
import type { DecisionRecord, GroupEvent, JobRecord } from '../../local/run/record';
import { PERFECT_WORLD, type Range, type World } from '../../simulate/world';
import type { FleetRun, Step } from './compare-runs';

/** Seconds of one clock. */
export interface Recorded {
  pollSeconds: number;
  /** When the scaler was called, once a minute. */
  minutes: number[];
  jobs: JobRecord[];
  events: GroupEvent[];
  decisions: DecisionRecord[];
}

/** A job that was submitted so many seconds after the minute began in which the first one was. */
export interface RecordedJob {
  submitted: number;
  /** Seconds. */
  duration: number;
}

export interface Measured {
  /** Seconds since the minute began in which the first job was submitted. */
  run: FleetRun;
  jobs: RecordedJob[];
  world: World;
  /** Seconds that claims and leaves took at most. */
  most: { claim: number; leave: number };
  /** Looks since the first job was submitted that saw nothing, or whose change was not made: the model has none of these. */
  lost: number;
  /** Seconds by which chance may move what the model does, where it draws from what was measured. */
  spread: number;
}

export function toMeasured(recorded: Recorded): Measured {
  const { decisions, events, pollSeconds } = recorded;
  const { origin, toLook } = toClock(recorded);
  const resized = events.flatMap(({ at, event, detail }) =>
    event === 'desired-changed' ? [{ at, ...(detail as { from: number; to: number }) }] : [],
  );
  const grown = resized.filter(({ from, to }) => to > from).map(({ at }) => at);
  const launches = toLaunches(recorded);
  const served = toServed(recorded);
  const change = toRange(grown.map((at) => at - toLook(at).at));
  const begin = toRange(launches.map(({ at }) => at - (grown.findLast((one) => one <= at) ?? at)));
  const claim = toRange(served.map((job) => job.claim));
  const leave = toRange(served.map((job) => job.leave));
  // It is logged when AWS has answered.
  const isMade = ({ at, to }: DecisionRecord) =>
    resized.some((one) => one.to === to && one.at >= toLook(at).at && one.at <= at);
  const changes = decisions.filter(({ decision }) => decision !== 'hold');
  const made = changes.filter(isMade);
  const toSteps = (steps: Step[]) => steps.map(({ at, value }) => ({ at: at - origin, value }));
  return {
    run: {
      changes: made.map(({ at, decision, reason, to }) => ({
        at: toLook(at).number * pollSeconds,
        ...{ kind: decision, reason, to },
      })),
      counts: {
        desired: toSteps(resized.map(({ at, to }) => ({ at, value: to }))),
        active: toSteps(toActive(events)),
      },
    },
    // One that was claimed late, or whose instance left late, is a longer one, so that each instance is there for as long as
    // it was: the model would draw from the range, and a slow machine has wide ones.
    jobs: served.map((job) => ({
      submitted: job.queuedAt - origin,
      duration: job.claim - claim[0] + job.ran + job.leave - leave[0],
    })),
    world: {
      ...PERFECT_WORLD,
      measuredBoots: launches.map(({ at, readyAt }) => readyAt - at),
      claim: [claim[0], claim[0]],
      leave: [leave[0], leave[0]],
      ...{ change, begin },
    },
    most: { claim: claim[1], leave: leave[1] },
    lost: changes.length - made.length + countBlind(recorded),
    spread: change[1] - change[0] + begin[1] - begin[0],
  };
}

function toClock({ jobs, minutes, pollSeconds }: Recorded) {
  const first = Math.min(...jobs.map(({ queuedAt }) => queuedAt));
  const origin = minutes.findLast((at) => at <= first);
  if (origin === undefined) throw new Error('The scaler was not called before the first job was submitted.');
  /** The look in which something happened. Looks are counted, for a minute may begin a little late. */
  const toLook = (at: number) => {
    const minute = minutes.findLast((candidate) => candidate <= at) ?? origin;
    const looks = Math.floor((at - minute) / pollSeconds);
    return { at: minute + looks * pollSeconds, number: Math.round((minute - origin) / pollSeconds) + looks };
  };
  return { origin, toLook };
}

/** What is the same as in the look before is not logged: who saw nothing does so until the next line. */
function countBlind(recorded: Recorded): number {
  const { decisions, jobs, pollSeconds } = recorded;
  const { origin, toLook } = toClock(recorded);
  const first = Math.ceil((Math.min(...jobs.map(({ queuedAt }) => queuedAt)) - origin) / pollSeconds);
  const last = toLook(Math.max(...jobs.map(({ finishedAt }) => finishedAt ?? 0))).number;
  return decisions.reduce((sum, { at, reason }, index) => {
    if (!reason.endsWith('-unknown')) return sum;
    const next = decisions[index + 1];
    const until = Math.min(next ? toLook(next.at).number : last, last);
    return sum + Math.max(0, until - Math.max(first, toLook(at).number));
  }, 0);
}

function timeOf({ events }: Recorded, name: string, id: string | null): number {
  const found = events.find(({ event, instanceId }) => event === name && instanceId === id);
  if (!found) throw new Error(`The records have no ${name} of ${id}.`);
  return found.at;
}

const toLaunches = (recorded: Recorded) =>
  recorded.events
    .filter(({ event }) => event === 'launching')
    .map(({ at, instanceId }) => ({ at, readyAt: timeOf(recorded, 'in-service', instanceId) }));

/** Jobs in the order in which the model's instances take them: who is there first takes the oldest. */
const toServed = (recorded: Recorded) =>
  recorded.jobs
    .map(({ name, queuedAt, startedAt, finishedAt, runner }) => {
      if (startedAt === null || finishedAt === null) throw new Error(`The job ${name} has not ended.`);
      const readyAt = Math.max(queuedAt, timeOf(recorded, 'in-service', runner));
      const leave = timeOf(recorded, 'terminating', runner) - finishedAt;
      return { queuedAt, readyAt, claim: startedAt - readyAt, ran: finishedAt - startedAt, leave };
    })
    .sort((one, other) => one.queuedAt - other.queuedAt || one.readyAt - other.readyAt);

/** An agent may be heard of a moment before the group says that its instance is in service. */
const toRange = (seconds: number[]): Range => [Math.max(0, Math.min(...seconds)), Math.max(0, ...seconds)];

function toActive(events: readonly GroupEvent[]): Step[] {
  let value = 0;
  return events.flatMap(({ at, event }) => {
    if (event !== 'launching' && event !== 'terminating') return [];
    value += event === 'launching' ? 1 : -1;
    return [{ at, value }];
  });
}

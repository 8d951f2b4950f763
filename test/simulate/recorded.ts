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

/** A job that was submitted so many seconds after the minute began in which the first one was, and really ran so long. */
export interface RecordedJob {
  submitted: number;
  duration: number;
}

export interface Measured {
  /** Seconds since the minute began in which the first job was submitted. */
  run: FleetRun;
  jobs: RecordedJob[];
  world: World;
  /** Seconds by which chance may move what the model does, as it draws from what was measured. */
  spread: number;
}

export function toMeasured(recorded: Recorded): Measured {
  const { jobs, events, minutes, pollSeconds } = recorded;
  const first = Math.min(...jobs.map(({ queuedAt }) => queuedAt));
  const begin = minutes.findLast((at) => at <= first);
  if (begin === undefined) throw new Error('The scaler was not called before the first job was submitted.');
  /** The look in which something happened; its minute may have begun a little late. */
  const toLook = (at: number) => {
    const minute = minutes.findLast((candidate) => candidate <= at) ?? begin;
    const looks = Math.floor((at - minute) / pollSeconds);
    return { at: minute + looks * pollSeconds, number: Math.round((minute - begin) / pollSeconds) + looks };
  };

  const resized = events.flatMap(({ at, event, detail }) =>
    event === 'desired-changed' ? [{ at, ...(detail as { from: number; to: number }) }] : [],
  );
  const grown = resized.filter(({ from, to }) => to > from);
  const timeOf = (name: string, id: string | null): number => {
    const found = events.find(({ event, instanceId }) => event === name && instanceId === id);
    if (!found) throw new Error(`The records have no ${name} of ${id}.`);
    return found.at;
  };
  const launches = events
    .filter(({ event }) => event === 'launching')
    .map(({ at, instanceId }) => ({ at, ready: timeOf('in-service', instanceId) }));
  const served = jobs.map(({ name, queuedAt, startedAt, finishedAt, runner }) => {
    if (startedAt === null || finishedAt === null) throw new Error(`The job ${name} has not ended.`);
    const readyAt = Math.max(queuedAt, timeOf('in-service', runner));
    return { queuedAt, startedAt, finishedAt, readyAt, leftAt: timeOf('terminating', runner) };
  });

  const ranges = {
    change: toRange(grown.map(({ at }) => at - toLook(at).at)),
    begin: toRange(
      launches.map((launch) => launch.at - (grown.findLast(({ at }) => at <= launch.at)?.at ?? Number.NaN)),
    ),
    claim: toRange(served.map(({ startedAt, readyAt }) => startedAt - readyAt)),
    leave: toRange(served.map(({ leftAt, finishedAt }) => leftAt - finishedAt)),
  };
  const toSteps = (steps: Step[]) => steps.map(({ at, value }) => ({ at: at - begin, value }));
  return {
    run: {
      changes: recorded.decisions.flatMap(({ at, decision, reason, to }) =>
        decision === 'hold' ? [] : [{ at: toLook(at).number * pollSeconds, kind: decision, reason, to }],
      ),
      counts: {
        desired: toSteps(resized.map(({ at, to }) => ({ at, value: to }))),
        active: toSteps(toActive(events)),
      },
    },
    jobs: served.map(({ queuedAt, startedAt, finishedAt }) => ({
      submitted: queuedAt - begin,
      duration: finishedAt - startedAt,
    })),
    world: { ...PERFECT_WORLD, ...ranges, measuredBoots: launches.map(({ at, ready }) => ready - at) },
    spread: Object.values(ranges).reduce((sum, [least, most]) => sum + most - least, 0),
  };
}

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

import type { JobRecord, RunRecord } from './record';

export interface Finding {
  good: boolean;
  /** The promise. */
  promise: string;
  /** What was seen. */
  seen: string;
}

type Check = (run: RunRecord) => Finding;

/** It ended by itself, whatever it thinks of its own work: a job that exits with 3 was served. */
const isServed = ({ state, runs, exitCode, reason }: JobRecord): boolean =>
  runs === 1 && (state === 'succeeded' || (state === 'failed' && exitCode !== null && reason === null));

const everyJobServedOnce: Check = ({ jobs }) => {
  const wrong = jobs.filter((job) => !isServed(job));
  const failed = jobs
    .filter(({ state }) => state === 'failed')
    .map(({ name, exitCode }) => `${name} with ${exitCode}`);
  return {
    good: jobs.length > 0 && wrong.length === 0,
    promise: 'every job was served exactly once',
    seen:
      wrong.length === 0
        ? `${jobs.length} of ${jobs.length} jobs ran to their end, each in one run${failed.length > 0 ? `; failed by themselves: ${failed.join(', ')}` : ''}`
        : wrong
            .map(({ name, state, runs, reason }) => `${name}: ${reason ?? state} after ${runs} runs`)
            .join('; '),
  };
};

const neverMoreThanMax: Check = ({ samples, fleets }) => {
  const peaks = fleets.map(({ name, max }) => {
    const counts = samples.flatMap((sample) =>
      sample.fleets
        .filter(({ fleet }) => fleet === name)
        .map(({ pending, inService }) => pending + inService),
    );
    return { name, max, peak: Math.max(0, ...counts) };
  });
  return {
    good: peaks.every(({ peak, max }) => peak <= max),
    promise: 'never more instances pending or in service than max',
    seen: peaks.map(({ name, peak, max }) => `${name}: ${peak} at most, max ${max}`).join('; '),
  };
};

/** A drop of desired that no leaving instance asked for would take capacity from running jobs. */
const onlyInstancesShrink: Check = ({ events }) => {
  const drops = events.filter(({ event, detail }) => {
    if (event !== 'desired-changed') return false;
    const { from, to, by } = detail as { from: number; to: number; by: string };
    return to < from && !by.endsWith('-instance');
  });
  return {
    good: drops.length === 0,
    promise: 'only a leaving instance lowers the desired capacity',
    seen:
      drops.length === 0
        ? `${events.filter(({ event }) => event === 'desired-changed').length} changes of desired, no drop by anybody else`
        : drops
            .map(({ at, group, detail }) => `${at.toFixed(0)} s ${group} ${JSON.stringify(detail)}`)
            .join('; '),
  };
};

/** Stopping the machine and the group's book-keeping come on top of the idle timeout; a sample is a second old. */
const LEAVING_SECONDS = 10;

const backToZero: Check = ({ samples, fleets, jobs }) => {
  const lastJobEnd = Math.max(0, ...jobs.map(({ finishedAt }) => finishedAt ?? 0));
  const late = fleets.flatMap(({ name, idleSeconds }) => {
    const busy = samples.filter((sample) =>
      sample.fleets.some(
        ({ fleet, desired, pending, inService, terminating }) =>
          fleet === name && desired + pending + inService + terminating > 0,
      ),
    );
    const after = Math.max(0, (busy.at(-1)?.at ?? 0) - lastJobEnd);
    const isEmpty = samples.length > 0 && busy.at(-1) !== samples.at(-1);
    return isEmpty && after <= idleSeconds + LEAVING_SECONDS ? [] : [{ name, isEmpty, after, idleSeconds }];
  });
  return {
    good: late.length === 0,
    promise: 'the fleet is back at zero within the idle timeout',
    seen:
      late.length === 0
        ? `last job ended at ${lastJobEnd.toFixed(0)} s, zero at ${samples.at(-1)?.at.toFixed(0)} s`
        : late
            .map(({ name, isEmpty, after, idleSeconds }) =>
              isEmpty
                ? `${name}: ${after.toFixed(0)} s after its last job, idle timeout ${idleSeconds} s`
                : `${name}: never`,
            )
            .join('; '),
  };
};

const nothingLeft: Check = ({ leftovers }) => ({
  good: leftovers.length === 0,
  promise: 'nothing is left behind',
  seen:
    leftovers.length === 0 ? 'no process, machine, link, mount, instance or resource' : leftovers.join('; '),
});

/** What `make local` promises, checked on what it saw. Pure. */
export const judge = (run: RunRecord): Finding[] =>
  [everyJobServedOnce, neverMoreThanMax, onlyInstancesShrink, backToZero, nothingLeft].map((check) =>
    check(run),
  );

import type { RunRecord } from './record';

export interface Finding {
  good: boolean;
  /** The promise. */
  promise: string;
  /** What was seen. */
  seen: string;
}

type Check = (run: RunRecord) => Finding;

const everyJobServedOnce: Check = ({ jobs }) => {
  const wrong = jobs.filter(({ state, runs }) => state !== 'succeeded' || runs !== 1);
  return {
    good: jobs.length > 0 && wrong.length === 0,
    promise: 'every job was served exactly once',
    seen:
      wrong.length === 0
        ? `${jobs.length} of ${jobs.length} jobs succeeded, each in one run`
        : wrong.map(({ name, state, runs }) => `${name}: ${state} after ${runs} runs`).join('; '),
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

const backToZero: Check = ({ samples, fleets }) => {
  const last = samples.at(-1);
  const left = (last?.fleets ?? []).filter(
    ({ desired, pending, inService, terminating }) => desired + pending + inService + terminating > 0,
  );
  return {
    good: last !== undefined && last.fleets.length === fleets.length && left.length === 0,
    promise: 'the fleet is back at zero',
    seen: left.length === 0 ? `zero at ${last?.at.toFixed(0) ?? '?'} s` : JSON.stringify(left),
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

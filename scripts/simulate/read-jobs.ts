/** The jobs that are to be simulated: of a trace, or made up. */
import { readFileSync } from 'node:fs';
import { parseTrace } from '../../simulate/csv';
import { generateJobs, MONDAY, WORKING_WEEK } from '../../simulate/generate';
import type { Job } from '../../simulate/trace';
import { ExpectedError } from '../expected-error';
import type { SimulateOptions } from './read-options';

export interface Jobs {
  jobs: readonly Job[];
  /** Where they are from, for people. */
  source: string;
}

/** Of one fleet; a trace of one fleet need not name it. */
export function readJobs(options: SimulateOptions, fleet: string): Jobs {
  if (!options.trace) return makeUp(options);
  const jobs = readTrace(options.trace);
  const own = jobs.get(fleet) ?? jobs.get('') ?? [];
  if (own.length === 0)
    throw new ExpectedError(
      `${options.trace} has no job of fleet ${fleet}; it has ${[...jobs.keys()].join(', ') || 'none at all'}.`,
    );
  return { jobs: own, source: `${own.length} jobs of ${options.trace}` };
}

/** Of each fleet: JOBS each, not the same ones; or what the trace has of it, which may be none. */
export function readAllJobs(options: SimulateOptions, fleets: readonly string[]): Map<string, Jobs> {
  if (!options.trace)
    return new Map(
      fleets.map((fleet, index) => [fleet, makeUp({ ...options, seed: options.seed + index / 1000 })]),
    );
  const { trace } = options;
  const jobs = readTrace(trace);
  if (!fleets.some((fleet) => jobs.has(fleet)))
    throw new ExpectedError(
      `${trace} names none of the fleets ${fleets.join(', ')} in its column fleet. Of one fleet alone: FLEET=….`,
    );
  return new Map(
    fleets.map((fleet) => {
      const own = jobs.get(fleet) ?? [];
      return [fleet, { jobs: own, source: `${own.length} jobs of ${trace}` }];
    }),
  );
}

const WEEK_MS = 7 * 86_400_000;

/**
 * What a search for numbers is to see, and what it is not: another made-up week, or the last one of a trace that has two.
 * A shorter trace is seen as a whole.
 */
export function holdBack(
  options: SimulateOptions,
  jobs: readonly Job[],
): { jobs: readonly Job[]; unseen?: Jobs } {
  if (!options.trace) {
    const other = makeUp({ ...options, seed: options.seed + 1 });
    return { jobs, unseen: { ...other, source: `${other.source}, of another seed` } };
  }
  const cut = (jobs.at(-1)?.submitted ?? 0) - WEEK_MS;
  if (cut - (jobs[0]?.submitted ?? 0) < WEEK_MS) return { jobs };
  const first = jobs.findIndex(({ submitted }) => submitted >= cut);
  const unseen = jobs.slice(first);
  return {
    jobs: jobs.slice(0, first),
    unseen: { jobs: unseen, source: `${unseen.length} jobs of the last 7 days of ${options.trace}` },
  };
}

function makeUp({ jobs: count, days, seed, burst }: SimulateOptions): Jobs {
  const profile = {
    ...WORKING_WEEK,
    jobsPerWeek: (count * 7) / days,
    burst: { ...WORKING_WEEK.burst, ...burst },
  };
  const jobs = generateJobs(profile, MONDAY, days, seed);
  const bursts =
    burst.most > 1 ? `half of them in bursts of ${burst.least} to ${burst.most}` : 'without bursts';
  return { jobs, source: `${jobs.length} made-up jobs of ${days} days, ${bursts}` };
}

function readTrace(trace: string): Map<string, Job[]> {
  let text: string;
  try {
    text = readFileSync(trace, 'utf8');
  } catch (cause) {
    throw new ExpectedError(`TRACE=${trace} cannot be read: ${(cause as Error).message}`);
  }
  const { jobs, problems } = parseTrace(text);
  if (problems.length > 0) throw new ExpectedError(`${trace}:\n${problems.join('\n')}`);
  return jobs;
}

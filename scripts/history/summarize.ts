import { toColumns } from '../to-columns';
import type { PastJob } from './past-job';
import { count } from './read-history';

const HEAD = ['fleet', 'jobs', 'ran p50', 'p95', 'waited p50', 'p95'];

/** A line for each fleet: what a simulation of it starts from, and the waits that it can be compared with. */
export function summarize(jobs: readonly PastJob[]): string[] {
  const fleets = [...new Set(jobs.map(({ fleet }) => fleet))].sort();
  const rows = fleets.map((fleet) => {
    const own = jobs.filter((job) => job.fleet === fleet);
    const at = (share: number, of: (job: PastJob) => number) => toTime(quantile(own.map(of), share));
    const ran = ({ duration }: PastJob) => duration;
    const waited = (job: PastJob) => job.waited;
    return [fleet, count(own.length), at(0.5, ran), at(0.95, ran), at(0.5, waited), at(0.95, waited)];
  });
  return toColumns(HEAD, rows);
}

/** The least value that so many do not exceed. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

const toTime = (seconds: number) =>
  seconds < 120 ? `${Math.round(seconds)} s` : `${(seconds / 60).toFixed(seconds < 6000 ? 1 : 0)} min`;

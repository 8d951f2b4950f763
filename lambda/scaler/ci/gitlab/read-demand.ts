import type { Demand } from '../../core/types';
import type { ReadDemand } from '../../ports';
import { type CiOptions, createClient } from '../client';
import { countJobs } from './count-jobs';
import { judge } from './judge';
import { createLists } from './lists';
import { createRounds } from './rounds';

/**
 * Jobs that a runner runs, and those that wait for one like it in the projects of a fleet. GitLab answers only
 * admins what waits for a runner, so the jobs of each project are read and judged as GitLab judges them: a job that
 * this runner may not take is no demand.
 *
 * Running first, for all fleets of the round, because they share the lists of what waits: a job that moves between
 * the two is missed until the next poll; the other way round it would be counted twice and launched for.
 *
 * Of several projects one may fail. What the others say is a lower bound then, and answered as such: it is enough to
 * grow, and to wait for a broken project would let it stop the jobs of all.
 */
export function createReadDemand(options: CiOptions): ReadDemand<'gitlab'> {
  const toHeaders = (token: string) => ({ 'PRIVATE-TOKEN': token });
  const ask = createClient({ name: 'GitLab', toHeaders, judge }, options);
  const lists = createLists(options);
  const rounds = createRounds(options);

  return async ({ account, queue, enough, round }, signal): Promise<Demand> => {
    const base = `${account.baseUrl.replace(/\/+$/, '')}/api/v4/`;
    const get = (path: string, query: URLSearchParams) =>
      ask({ address: `${base}${path}?${query}`, secret: account.apiTokenSecret, round, signal });
    const of = lists(`${base} ${account.apiTokenSecret}`, get);

    const [runner, projects, running] = await Promise.all([
      of.runner(queue.runnerId),
      of.projects(queue),
      of.running(queue.runnerId, enough),
    ]);
    await rounds.untilAllRead(round, signal);
    if (runner.kind === 'unknown') return runner;
    if (runner.value.paused)
      return { kind: 'unknown', problem: 'runner-paused', detail: `runner ${queue.runnerId} is paused` };

    const counts = await Promise.all(
      projects.paths.map((path) =>
        countJobs({
          runner: runner.value,
          pages: rounds.share(round, path.toLowerCase(), () => of.pending(path)),
          enough,
          isArchived: () => of.isArchived(path),
          refs: () => of.protectedRefs(path),
        }),
      ),
    );
    const total = (numbers: readonly number[]) =>
      Math.min(
        enough,
        numbers.reduce((sum, n) => sum + n, 0),
      );
    const demand = { queued: total(counts.map(({ jobs }) => jobs)), running: total([running.jobs]) };
    const problems = [running, ...counts].flatMap(({ problem }) => problem ?? []);
    const [first, ...others] = [...projects.problems, ...problems];
    if (!first) return { kind: 'known', ...demand };
    const detail = others.length > 0 ? `${first.detail}, and ${others.length} more` : first.detail;
    return { kind: 'partial', ...demand, problem: first.problem, detail };
  };
}

import type { Unknown } from '../../core/types';
import type { ReadDemand } from '../../ports';
import type { Judge } from '../ask';
import { type CiOptions, createClient } from '../client';
import { toCount } from './to-count';

const judge: Judge = (status) => {
  if (status === 401 || status === 403) return { problem: 'token-refused', seen: `status ${status}` };
  return status === 404 ? { problem: 'class-unknown', seen: 'status 404' } : undefined;
};

/** Counts of the documented runner API v3: running first, so that a job that moves is missed and not counted twice. */
export function createReadDemand(options: CiOptions): ReadDemand<'circleci'> {
  const toHeaders = (token: string) => ({ 'Circle-Token': token });
  const ask = createClient({ name: 'CircleCI', toHeaders, judge }, options);

  return async ({ account, queue, round }, signal) => {
    const base = `${account.baseUrl.replace(/\/+$/, '')}/api/v3/runner/`;
    const readCount = async (path: string, field: string): Promise<number | Unknown> => {
      const address = `${base}${path}?resource-class=${encodeURIComponent(queue.resourceClass)}`;
      const answer = await ask({ address, secret: account.apiTokenSecret, round, signal });
      return answer.kind === 'body' ? toCount(answer.text, field) : answer;
    };
    const running = await readCount('tasks/running', 'running_runner_tasks');
    if (typeof running !== 'number') return running;
    const queued = await readCount('tasks', 'unclaimed_task_count');
    if (typeof queued !== 'number') return queued;
    return { kind: 'known', queued, running };
  };
}

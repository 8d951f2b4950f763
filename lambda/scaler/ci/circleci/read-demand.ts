import * as z from 'zod/mini';
import type { ReadDemand } from '../../ports';
import type { Judge } from '../ask';
import { type CiOptions, createClient } from '../client';
import { parseBody } from '../parse-body';

const count = z.int().check(z.nonnegative());
const RUNNING = z.object({ running_runner_tasks: count });
const QUEUED = z.object({ unclaimed_task_count: count });

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
    const read = async <S extends z.ZodMiniType>(path: string, shape: S) => {
      const address = `${base}${path}?resource-class=${encodeURIComponent(queue.resourceClass)}`;
      const answer = await ask({ address, secret: account.apiTokenSecret, round, signal });
      return answer.kind === 'body' ? parseBody(answer.text, shape, path) : answer;
    };
    const running = await read('tasks/running', RUNNING);
    if (running.kind === 'unknown') return running;
    const queued = await read('tasks', QUEUED);
    if (queued.kind === 'unknown') return queued;
    return {
      kind: 'known',
      queued: queued.value.unclaimed_task_count,
      running: running.value.running_runner_tasks,
    };
  };
}

/** One question for a job. */
import type { RunnerConfig } from './config-file';
import type { Job } from './job';
import type { RunOptions } from './run-job';

export interface Requested {
  job: Job | null;
  /** False: the token is refused, or nobody answers. */
  healthy: boolean;
}

export async function requestJob(
  { client, log }: RunOptions,
  runner: RunnerConfig,
  signal: AbortSignal,
): Promise<Requested> {
  const answer = await client.requestJob(runner, signal);
  const status = { status: `${answer.status} ${answer.text.slice(0, 80)}` };
  switch (answer.status) {
    case 201: {
      const job = JSON.parse(answer.text) as Job;
      log.info('Checking for jobs... received', { job: job.id, repo_url: job.git_info.repo_url });
      return { job, healthy: true };
    }
    case 204:
      return { job: null, healthy: true };
    case 403:
      log.error('Checking for jobs... forbidden', status);
      return { job: null, healthy: false };
    case 'client error':
      if (!signal.aborted) log.error('Checking for jobs... client error', status);
      return { job: null, healthy: signal.aborted };
    default:
      log.warn('Checking for jobs... failed', status);
      return { job: null, healthy: true };
  }
}

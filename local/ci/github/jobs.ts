/** How workflow jobs come, are cancelled, are lost and end. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RequestError } from '../../cloud/http-service';
import { type Conclusion, type GithubJob, type GithubState, nextId, repositoryOf } from './state';

export interface NewGithubJob {
  repository: string;
  runId: number;
  labels: string[];
  isHosted: boolean;
  name?: unknown;
  seconds?: unknown;
  command?: unknown;
}

export function add(state: GithubState, job: NewGithubJob): GithubJob {
  const repository = repositoryOf(state, job.repository);
  if (!repository)
    throw new RequestError(400, `repository ${job.repository}: set it up first (PUT /_local/setup)`);
  const id = String(nextId(state));
  const logFile = join(state.logDir, `github-${id}.log`);
  writeFileSync(logFile, '');
  const added = state.queue.add(
    {
      id,
      name: typeof job.name === 'string' ? job.name : id,
      seconds: typeof job.seconds === 'number' ? job.seconds : 1,
      command: typeof job.command === 'string' ? job.command : null,
      repository: repository.name,
      runId: job.runId,
      labels: job.labels,
      isHosted: job.isHosted,
      runnerId: null,
      steps: [],
      conclusion: null,
      cancel: 'no',
      logFile,
    },
    state.now(),
  );
  state.bell.ring();
  return added;
}

interface End {
  conclusion: Conclusion;
  exitCode: number | null;
  reason: string | null;
}

/** The first word on how it ended is the last. */
export function finish(state: GithubState, job: GithubJob, { conclusion, exitCode, reason }: End): void {
  if (job.state !== 'running') return;
  const isSuccess = conclusion === 'success';
  state.queue.finish(job, isSuccess ? 0 : exitCode, isSuccess ? null : (reason ?? conclusion), state.now());
  conclude(job, conclusion);
}

function conclude(job: GithubJob, conclusion: Conclusion): void {
  job.conclusion = conclusion;
  for (const step of job.steps)
    if (step.status !== 'completed') Object.assign(step, { status: 'completed', conclusion });
}

export function cancel(state: GithubState, job: GithubJob): void {
  if (job.state === 'queued') {
    Object.assign(job, {
      state: 'failed',
      reason: 'cancelled',
      finishedAt: new Date(state.now()).toISOString(),
    });
    conclude(job, 'cancelled');
  } else if (job.state === 'running' && job.cancel === 'no') job.cancel = 'asked';
  state.bell.ring();
}

/** Whose runner is silent for too long has failed. Its registration stays, offline, as at GitHub. */
export function loseSilent(state: GithubState): void {
  state.queue.heardAll(state.now(), ({ isHosted, runnerId }) => {
    const runner = runnerId === null ? undefined : state.runners.get(runnerId);
    // GitHub that is down hears nobody: that silence is its own.
    return isHosted || state.outage !== null || (runner?.polls ?? 0) > 0;
  });
  for (const job of state.queue.loseSilent(state.now(), state.lostSeconds)) {
    job.reason = `The self-hosted runner lost communication with the server (${state.lostSeconds} s).`;
    conclude(job, 'failure');
  }
}

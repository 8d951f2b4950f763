/** What a runner hears while it polls: a job that it may take, that its job is cancelled, or that it is no runner any more. */
import type { JobMessage } from './agent-api';
import { type GithubJob, type GithubState, type Runner, repositoryOf, runningJobOf } from './state';

/** As long as the real broker holds a poll. */
const POLL_MS = 50_000;
const CANCEL_SECONDS = 300;

export type Message =
  | { messageId: number; messageType: 'RunnerJobRequest'; body: JobMessage }
  | {
      messageId: number;
      messageType: 'JobCancellation';
      body: { jobId: string; timeoutSeconds: number };
    };

interface Poll {
  sessionId: string;
  /** It has no job yet. */
  isIdle: boolean;
  left: AbortSignal;
}

/** Labels are compared without case, and a runner needs all of them. */
export const fits = (runner: Runner, job: GithubJob): boolean => {
  const has = new Set(runner.labels.map((label) => label.toLowerCase()));
  return (
    !job.isHosted &&
    job.repository === runner.repository &&
    job.labels.every((label) => has.has(label.toLowerCase()))
  );
};

function toJobMessage(state: GithubState, job: GithubJob): JobMessage {
  const { id, name, command, seconds, runId } = job;
  return {
    jobId: id,
    name,
    command,
    seconds,
    timeoutMinutes: 360,
    environment: {
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_API_URL: state.url,
      GITHUB_JOB: name,
      GITHUB_REPOSITORY: job.repository,
      GITHUB_REPOSITORY_ID: String(repositoryOf(state, job.repository)?.ids.repository ?? ''),
      GITHUB_RUN_ATTEMPT: '1',
      GITHUB_RUN_ID: String(runId),
      GITHUB_SERVER_URL: state.url,
      RUNNER_ENVIRONMENT: 'self-hosted',
    },
  };
}

/** The job that it has, also for an answer that got lost; or the oldest that it may take. */
function jobFor(state: GithubState, runner: Runner): GithubJob | null {
  const has = runningJobOf(state, runner);
  if (has) return has;
  const claimed = state.queue.claim((job) => fits(runner, job), runner.name, null, state.now());
  if (!claimed) return null;
  claimed.job.runnerId = runner.id;
  claimed.job.steps = [{ name: 'Run', status: 'in_progress', conclusion: null }];
  return claimed.job;
}

function look(state: GithubState, runner: Runner, isIdle: boolean): Message | null {
  const job = isIdle ? jobFor(state, runner) : runningJobOf(state, runner);
  if (!job) return null;
  const messageId = Number(job.id);
  if (isIdle) return { messageId, messageType: 'RunnerJobRequest', body: toJobMessage(state, job) };
  // Only to who has heard of the job.
  if (job.cancel !== 'asked') return null;
  job.cancel = 'told';
  return {
    messageId,
    messageType: 'JobCancellation',
    body: { jobId: job.id, timeoutSeconds: CANCEL_SECONDS },
  };
}

export async function nextMessage(
  state: GithubState,
  runner: Runner,
  { sessionId, isIdle, left }: Poll,
): Promise<Message | 'no runner' | 'no session' | null> {
  const until = performance.now() + POLL_MS;
  runner.polls += 1;
  try {
    for (;;) {
      if (!state.runners.has(runner.id)) return 'no runner';
      if (runner.session !== sessionId) return 'no session';
      // Who is not there any more must be given nothing.
      if (left.aborted) return null;
      const message = look(state, runner, isIdle);
      const rest = until - performance.now();
      if (message || rest <= 0) return message;
      await state.bell.wait(rest, left);
    }
  } finally {
    runner.polls -= 1;
    runner.heardAt = state.now();
  }
}

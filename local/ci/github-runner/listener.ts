/** Waits for the one job, hands it to a Worker, tells GitHub how it ended. */
import type { JobMessage } from '../github/agent-api';
import type { Configuration } from './configuration';
import { createClient } from './github-client';
import { type Message, Session } from './session';
import { say, sayTime } from './terminal';
import { startWorker, type Worker } from './worker-process';

const FINISH_PATIENCE_MS = 5 * 60_000;
const SHUTDOWN =
  'The runner has received a shutdown signal. This can happen when the runner service is stopped, or a manually started runner is canceled.';
const RESULTS = { success: 'Succeeded', failure: 'Failed', cancelled: 'Canceled' } as const;

export interface ListenerOptions {
  root: string;
  version: string;
  configuration: Configuration;
  /** SIGINT or SIGTERM came. */
  shutdown: AbortSignal;
}

export async function listen(options: ListenerOptions): Promise<void> {
  const { configuration, version, shutdown } = options;
  const client = createClient(configuration);
  const session = await Session.create(client, configuration, version, shutdown);
  say(`\nCurrent runner version: '${version}'`);
  sayTime('Listening for Jobs');
  const job = await awaitJob(session, shutdown);
  if (job) await runJob(session, job, options);
  await session.end();
}

async function awaitJob(session: Session, shutdown: AbortSignal): Promise<JobMessage | null> {
  while (!shutdown.aborted) {
    const message = await session.next('Online', shutdown);
    if (message?.messageType === 'RunnerJobRequest') return message.body;
  }
  return null;
}

/** Polls on while the job runs: that is how GitHub knows that the runner lives, and how a cancellation comes. */
async function passOn(session: Session, worker: Worker, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    const message: Message | null = await session.next('Busy', over);
    if (message?.messageType === 'JobCancellation') worker.cancel();
  }
}

async function runJob(session: Session, job: JobMessage, options: ListenerOptions): Promise<void> {
  const { configuration, root, shutdown } = options;
  sayTime(`Running job: ${job.name}`);
  const worker = startWorker({ job, configuration, root });
  const stop = () => worker.cancel();
  if (shutdown.aborted) stop();
  shutdown.addEventListener('abort', stop);
  const over = new AbortController();
  const polling = passOn(session, worker, over.signal).catch(() => undefined);
  const { result, exitCode } = await worker.ended;
  over.abort();
  await polling;
  sayTime(`Job ${job.name} completed with result: ${RESULTS[result]}`);
  const reason = shutdown.aborted && result === 'cancelled' ? SHUTDOWN : undefined;
  await createClient(configuration).insist(
    'POST',
    `/jobs/${job.jobId}/finish`,
    { result, exitCode, reason },
    FINISH_PATIENCE_MS,
  );
}

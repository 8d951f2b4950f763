/** A job on a hosted runner: steps one after the other, each told to GitHub, until one fails or the job is cancelled. */
import type { Conclusion, Step } from '../state';
import type { MaskedLog } from './masked-log';

export interface HostedJob {
  /** What `job.status` is now. */
  status(): Conclusion;
  /**
   * Runs a step, unless the job is not well any more. What it throws is its failure.
   * @param run the signal is aborted when the step is to be cancelled
   */
  step(name: string, run: (signal: AbortSignal) => Promise<void>): Promise<void>;
  /** `if: always()`: also in a job that failed or was cancelled, and not cancelled itself. */
  always(name: string, run: (signal: AbortSignal) => Promise<void>): Promise<void>;
  steps(): Step[];
}

/** After it was cancelled, GitHub ends whatever still runs. */
const CANCELLED_MS = 300_000;

/** @param tell GitHub, of the steps so far */
export function makeHostedJob(
  log: MaskedLog,
  cancelled: AbortSignal,
  tell: (steps: Step[]) => Promise<void>,
): HostedJob {
  const steps: Step[] = [];
  let status: Conclusion = 'success';

  const run = async (name: string, signal: AbortSignal, body: (signal: AbortSignal) => Promise<void>) => {
    const step: Step = { name, status: 'in_progress', conclusion: null };
    steps.push(step);
    await tell(steps);
    log.write(`##[step]${name}`);
    let conclusion: Conclusion = 'success';
    try {
      await body(signal);
    } catch (error) {
      conclusion = 'failure';
      log.write(`##[error]${error instanceof Error ? error.message : String(error)}`);
    }
    // However it ended then.
    if (signal.aborted) conclusion = 'cancelled';
    Object.assign(step, { status: 'completed', conclusion });
    if (status === 'success') status = cancelled.aborted ? 'cancelled' : conclusion;
    await tell(steps);
  };

  return {
    status: () => status,
    steps: () => steps,
    async step(name, body) {
      if (status === 'success' && cancelled.aborted) status = 'cancelled';
      if (status === 'success') return run(name, cancelled, body);
      steps.push({ name, status: 'completed', conclusion: 'skipped' });
    },
    async always(name, body) {
      const end = AbortSignal.timeout(CANCELLED_MS);
      const never = new AbortController().signal;
      return run(name, cancelled.aborted ? end : never, body);
    },
  };
}

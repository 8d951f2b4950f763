/** `run-single`: one job after another, as commands/single.go; SIGQUIT drains, SIGTERM aborts the job. */
import { requestJob } from './request-job';
import { type RunOptions, runJob } from './run-job';

/** The real agent asks every 3 s; a local run of a minute wants to be quicker. */
const CHECK_EVERY_MS = 500;
/** The real one stands still for 5 min after a refusal or no answer. */
const UNHEALTHY_MS = 1000;

export interface SingleOptions {
  /** 0: no limit. */
  maxBuilds: number;
  /** Seconds; 0: for ever. */
  waitTimeout: number;
}

export async function runSingle(
  options: RunOptions,
  { maxBuilds, waitTimeout }: SingleOptions,
): Promise<void> {
  const { log, runner } = options;
  const abort = new AbortController();
  let finished = false;
  let wake = () => {};
  const sleep = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  process.on('SIGQUIT', () => {
    finished = true;
    log.warn('Requested quit, waiting for builds to finish');
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => {
      if (abort.signal.aborted) process.exit(1);
      finished = true;
      log.warn(`Requested exit: ${signal}`);
      abort.abort();
      wake();
    });
  let builds = 0;
  let lastBuild = performance.now();
  while (!finished) {
    // As there: a question that is under way when the drain begins may still bring a job, which is then run.
    const { job, healthy } = await requestJob(options, runner, new AbortController().signal);
    if (job) {
      await runJob(job, { ...options, abort: abort.signal });
      builds += 1;
      lastBuild = performance.now();
    } else await sleep(healthy ? CHECK_EVERY_MS : UNHEALTHY_MS);
    if (maxBuilds > 0 && builds >= maxBuilds) {
      log.info('This runner has processed its build limit, so now exiting');
      finished = true;
    }
    if (waitTimeout > 0 && (performance.now() - lastBuild) / 1000 > waitTimeout) {
      log.info(`This runner has not received a job in ${waitTimeout} seconds, so now exiting`);
      finished = true;
    }
  }
}

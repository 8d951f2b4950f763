/** `run`: up to `concurrent` jobs at once, as commands/multi.go; SIGQUIT drains, SIGTERM aborts the jobs, metrics on request. */
import { createServer, type Server } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import type { Config } from './config-file';
import { requestJob } from './request-job';
import { type RunOptions, runJob } from './run-job';

/** The real agent's check_interval is 3 s; a local run of a minute wants to be quicker. */
const CHECK_EVERY_MS = 500;
const UNHEALTHY_MS = 1000;

interface Counts {
  running: number;
  total: number;
}

function serveMetrics(
  address: string,
  concurrent: number,
  { runner, systemId }: RunOptions,
  counts: Counts,
): Server {
  const labels = `runner="${runner.token.slice(5, 14)}",runner_name="${runner.name}",system_id="${systemId}"`;
  const server = createServer((_request, response) => {
    const lines = [
      `gitlab_runner_concurrent ${concurrent}`,
      `gitlab_runner_jobs_total{${labels}} ${counts.total}`,
      // As there: no line for no job.
      ...(counts.running > 0
        ? [
            `gitlab_runner_jobs{executor_stage="run",${labels},stage="step_script",state="running"} ${counts.running}`,
          ]
        : []),
    ];
    response.end(`${lines.join('\n')}\n`);
  });
  const colon = address.lastIndexOf(':');
  return server.listen(Number(address.slice(colon + 1)), address.slice(0, colon) || undefined);
}

export async function runMany(options: RunOptions, config: Config): Promise<void> {
  const { log, runner } = options;
  const abort = new AbortController();
  const drain = new AbortController();
  const counts: Counts = { running: 0, total: 0 };
  const address = config.listen_address;
  const server =
    typeof address === 'string' ? serveMetrics(address, config.concurrent, options, counts) : null;
  process.on('SIGQUIT', () => {
    log.warn('Starting graceful shutdown, waiting for builds to finish', { StopSignal: 'quit' });
    drain.abort();
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => {
      if (abort.signal.aborted) process.exit(1);
      log.warn('Starting forceful shutdown', { StopSignal: signal });
      drain.abort();
      abort.abort();
    });
  log.info('Starting multi-runner', { builds: 0, max_builds: config.concurrent });
  // The drain ends it early.
  const sleep = (ms: number) => setTimeout(ms, undefined, { signal: drain.signal }).catch(() => {});
  // One question at a time, as request_concurrency is 1.
  let asking = Promise.resolve();
  const ask = async () => {
    const before = asking;
    let done = () => {};
    asking = new Promise((resolve) => (done = resolve));
    await before;
    try {
      // Unlike run-single, the drain takes the question back.
      return drain.signal.aborted
        ? { job: null, healthy: true }
        : await requestJob(options, runner, drain.signal);
    } finally {
      done();
    }
  };
  const work = async () => {
    while (!drain.signal.aborted) {
      const { job, healthy } = await ask();
      if (job) {
        counts.running += 1;
        await runJob(job, { ...options, abort: abort.signal });
        counts.running -= 1;
        counts.total += 1;
      } else await sleep(healthy ? CHECK_EVERY_MS : UNHEALTHY_MS);
    }
  };
  await Promise.all(Array.from({ length: config.concurrent }, work));
  log.info('All workers stopped.');
  server?.close();
  server?.closeAllConnections();
}

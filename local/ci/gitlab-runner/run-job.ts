/** Takes one job through its stages, as common/build.go does, and tells GitLab how it ended. */
import type { Client } from './client';
import type { RunnerConfig } from './config-file';
import { createCustomExecutor } from './custom-executor';
import { createDockerExecutor } from './docker-executor';
import { type Ended, type Executor, type Job, type Stage, SUCCEEDED, systemFailure } from './job';
import type { Log } from './log';
import { scriptOf } from './stages';
import { Trace } from './trace';

export interface RunOptions {
  client: Client;
  runner: RunnerConfig;
  systemId: string;
  version: string;
  log: Log;
  /** The agent was told to abort its jobs. */
  abort: AbortSignal;
}

const UNIT_MS: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1000 };
const toMs = (duration: string): number =>
  [...duration.matchAll(/(\d+)([hms])/g)].reduce(
    (sum, [, number, unit]) => sum + Number(number) * (UNIT_MS[unit ?? ''] ?? 0),
    0,
  );

/** The runner's own variables come first, so that a job may say otherwise. */
function withRunnerVariables(job: Job, runner: RunnerConfig): Job {
  const own = ((runner.environment ?? []) as string[]).map((pair) => ({
    key: pair.slice(0, pair.indexOf('=')),
    value: pair.slice(pair.indexOf('=') + 1),
  }));
  return { ...job, variables: [...own, ...job.variables] };
}

function executorOf(runner: RunnerConfig, log: Log): Executor {
  if (runner.executor === 'custom') return createCustomExecutor(runner, (line) => log.warn(line));
  if (runner.executor === 'docker') return createDockerExecutor(runner);
  throw new Error(`The stand-in has no executor ${JSON.stringify(runner.executor)}: use custom or docker.`);
}

async function runStages(job: Job, executor: Executor, trace: Trace, abort: AbortSignal): Promise<Ended> {
  const write = (text: string) => trace.write(text);
  const deadline = AbortSignal.timeout(job.runner_info.timeout * 1000);
  const stop = AbortSignal.any([abort, trace.aborted, deadline]);
  const { buildsDir } = await executor.prepare(job, write);
  const run = async (stage: Stage, signal: AbortSignal): Promise<Ended> => {
    const script = scriptOf(job, stage, buildsDir);
    return script === null ? SUCCEEDED : executor.run(stage, script, write, signal);
  };
  let ended = SUCCEEDED;
  for (const stage of ['prepare_script', 'get_sources'] as const)
    if (ended === SUCCEEDED) ended = await run(stage, stop);
  if (ended === SUCCEEDED) {
    const allowed = toMs(job.variables.findLast(({ key }) => key === 'RUNNER_SCRIPT_TIMEOUT')?.value ?? '');
    const scriptDeadline = allowed > 0 ? AbortSignal.timeout(allowed) : deadline;
    ended = await run('step_script', AbortSignal.any([stop, scriptDeadline]));
    if (scriptDeadline.aborted || deadline.aborted) {
      write('ERROR: Job failed: execution took longer than it may\n');
      ended = { exitCode: null, reason: 'job_execution_timeout' };
    }
    await run('after_script', AbortSignal.any([abort, trace.aborted, AbortSignal.timeout(300_000)]));
  }
  await run('cleanup_file_variables', abort);
  return abort.aborted ? systemFailure : ended;
}

export async function runJob(received: Job, options: RunOptions): Promise<void> {
  const { client, runner, systemId, version, log, abort } = options;
  const job = withRunnerVariables(received, runner);
  const fields = { job: job.id, runner: runner.token.slice(5, 14) };
  const executor = executorOf(runner, log);
  const trace = new Trace(client, runner, job);
  trace.write(`Running with gitlab-runner ${version}\n  on ${runner.name}, system ID: ${systemId}\n`);
  const began = performance.now();
  let ended: Ended;
  try {
    ended = await runStages(job, executor, trace, abort);
  } catch (error) {
    trace.write(`ERROR: Job failed (system failure): ${error instanceof Error ? error.message : error}\n`);
    ended = systemFailure;
  }
  await executor.cleanup();
  const took = { duration_s: ((performance.now() - began) / 1000).toFixed(1), ...fields };
  if (ended.reason === null) {
    trace.write('Job succeeded\n');
    await trace.finish({ state: 'success', exitCode: 0 });
    log.info('Job succeeded', took);
    return;
  }
  const why = ended.exitCode === null ? ended.reason : `exit status ${ended.exitCode}`;
  trace.write(`ERROR: Job failed: ${why}\n`);
  await trace.finish({
    state: 'failed',
    failureReason: ended.reason,
    ...(ended.exitCode === null ? {} : { exitCode: ended.exitCode }),
  });
  log.warn(`Job failed: ${why}`, took);
}

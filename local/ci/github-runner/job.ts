/** Runs a job: the hook of who hosts the runner, then what the job is. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { JobMessage } from '../github/agent-api';
import { runStep } from './step';
import type { Ending, WorkOrder } from './worker-process';

const NEVER = new AbortController().signal;
const ARCH: Record<string, string> = { x64: 'X64', arm64: 'ARM64' };

function toEnvironment(job: JobMessage, { configuration, root }: WorkOrder): NodeJS.ProcessEnv {
  const work = join(root, configuration.workFolder);
  return {
    ...process.env,
    ...job.environment,
    RUNNER_NAME: configuration.agentName,
    RUNNER_OS: 'Linux',
    RUNNER_ARCH: ARCH[process.arch],
    RUNNER_TEMP: join(work, '_temp'),
    GITHUB_WORKSPACE: join(work, 'project', 'project'),
  };
}

export async function runJob(
  order: WorkOrder,
  cancelled: AbortSignal,
  onOutput: (bytes: Buffer) => void,
): Promise<Ending> {
  const { job } = order;
  const environment = toEnvironment(job, order);
  const cwd = environment.GITHUB_WORKSPACE ?? '/';
  for (const folder of [cwd, environment.RUNNER_TEMP ?? '/tmp']) mkdirSync(folder, { recursive: true });
  const hook = environment.ACTIONS_RUNNER_HOOK_JOB_STARTED;
  const steps = [
    ...(hook ? [['bash', '-e', hook]] : []),
    job.command === null ? ['sleep', String(job.seconds)] : ['bash', '-e', '-c', job.command],
  ];
  if (hook)
    onOutput(Buffer.from('A job started hook has been configured by the self-hosted runner administrator\n'));
  let ending: Ending = { result: 'success', exitCode: 0 };
  for (const command of steps) {
    const exitCode = await runStep({ command, cwd, environment, cancelled, onOutput });
    if (cancelled.aborted) ending = { result: 'cancelled', exitCode };
    else if (exitCode !== 0) ending = { result: 'failure', exitCode };
    if (ending.result !== 'success') break;
  }
  const last = environment.ACTIONS_RUNNER_HOOK_JOB_COMPLETED;
  // Of a cancelled job, too, which takes that much longer to end.
  if (last) await runStep({ command: ['bash', '-e', last], cwd, environment, cancelled: NEVER, onOutput });
  return ending;
}

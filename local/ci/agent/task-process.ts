/**
 * Runs one task in a process of its own, under the command prefix: usually as another user. The agent keeps the job
 * alive at the CI with heartbeats and ends it when it takes too long.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type CiClient, Refused } from './ci-client';
import type { AgentOptions } from './options';
import { RESULT_PATIENCE_MS, type Task, type TaskOrder } from './task';

const HEARTBEAT_MS = 2000;
/** Between asking a task to end and ending it. */
const KILL_AFTER_MS = 10_000;

export interface TaskProcess {
  ended: Promise<void>;
  /** Ends the task; the reason goes to the CI. */
  stop: (reason: string) => void;
}

/** The real agent unpacks its task agent there; this one copies itself. */
function placeTaskAgent(program: string, directory: string): string {
  const placed = join(directory, 'circleci-agent');
  mkdirSync(directory, { recursive: true });
  copyFileSync(program, placed);
  chmodSync(placed, 0o755);
  return placed;
}

/** What the task may see of our environment: not the runner token, which could claim any job of the class. */
const withoutSecrets = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(environment).filter(([key]) => !key.startsWith('CIRCLECI_RUNNER_')));

function launch(program: string, options: AgentOptions, task: Task): ChildProcess {
  const agent = placeTaskAgent(program, options.taskAgentDirectory);
  const [command = agent, ...args] = [...options.commandPrefix, agent, 'task'];
  const child = spawn(command, args, {
    stdio: ['pipe', 'inherit', 'inherit'],
    env: { ...withoutSecrets(process.env), CIRCLECI_LAUNCH_ID: task.id },
  });
  const order: TaskOrder = {
    task,
    url: options.url,
    workingDirectory: options.workingDirectory.replaceAll('%s', task.id),
    cleanupWorkingDirectory: options.cleanupWorkingDirectory,
  };
  // A prefix that does not read its input must not end the agent.
  child.stdin?.on('error', () => {});
  child.stdin?.end(JSON.stringify(order));
  return child;
}

export function startTask(program: string, options: AgentOptions, task: Task, client: CiClient): TaskProcess {
  const child = launch(program, options, task);
  let reason: string | null = null;
  let killTimer: NodeJS.Timeout | undefined;
  const stop = (why: string) => {
    if (reason !== null) return;
    reason = why;
    child.kill('SIGTERM');
    killTimer = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
  };
  const heartbeat = setInterval(() => {
    client.post(`/_agent/tasks/${task.id}/heartbeat`, task.token, {}, 0).catch((error: unknown) => {
      if (error instanceof Refused && error.status === 410) stop('the CI has given this task up');
    });
  }, HEARTBEAT_MS);
  const limit = setTimeout(
    () => stop(`max_run_time of ${options.maxRunTimeMs / 1000} s is over`),
    options.maxRunTimeMs,
  );
  const exit = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`the task agent did not start: ${error.message}`));
    child.once('exit', (code, signal) => resolve(`the task agent ended with ${signal ?? `code ${code}`}`));
  });
  const ended = exit.then(async (how) => {
    // Ignored by the CI when the task agent has told the result, which is the rule.
    const body = { exitCode: null, reason: reason ?? `${how} and gave no result` };
    await client
      .post(`/_agent/tasks/${task.id}/finish`, task.token, body, RESULT_PATIENCE_MS)
      .catch(() => {});
    for (const timer of [heartbeat, limit, killTimer]) clearTimeout(timer);
  });
  return { ended, stop };
}

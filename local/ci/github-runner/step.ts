/** One step of a job: a shell, its output, and its end when the job is cancelled. */
import { spawn } from 'node:child_process';

/** https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-cancellation */
const TERM_AFTER_MS = 7500;
const KILL_AFTER_MS = 10_000;

export interface Step {
  command: string[];
  cwd: string;
  environment: NodeJS.ProcessEnv;
  cancelled: AbortSignal;
  onOutput: (bytes: Buffer) => void;
}

/** Its exit code; null when a signal ended it, or it did not start. */
export function runStep({ command, cwd, environment, cancelled, onOutput }: Step): Promise<number | null> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { cwd, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const timers: NodeJS.Timeout[] = [];
  const stop = () => {
    child.kill('SIGINT');
    timers.push(setTimeout(() => child.kill('SIGTERM'), TERM_AFTER_MS));
    timers.push(setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS));
  };
  if (cancelled.aborted) stop();
  cancelled.addEventListener('abort', stop);
  for (const stream of [child.stdout, child.stderr]) stream.on('data', onOutput);
  return new Promise((resolve) => {
    const end = (code: number | null) => {
      timers.forEach(clearTimeout);
      resolve(code);
    };
    child.once('error', (error) => {
      onOutput(Buffer.from(`${program} did not start: ${error.message}\n`));
      end(null);
    });
    // Not `close`: what the step left running may hold its output open.
    child.once('exit', (code) => setTimeout(() => end(code), 50));
  });
}

/** A step's process on the hosted runner, and how it is cancelled there. */
import { spawn } from 'node:child_process';
import type { MaskedLog } from './masked-log';

/** From SIGINT to SIGTERM, and from there to the end of the whole tree, as documented under "Workflow cancellation". */
export interface CancelTimes {
  interruptMs: number;
  terminateMs: number;
}
export const CANCEL_TIMES: CancelTimes = { interruptMs: 7500, terminateMs: 2500 };

interface StepProcess {
  command: [program: string, ...args: string[]];
  folder: string;
  environment: Record<string, string>;
  log: MaskedLog;
  /** Aborted: the step is cancelled. */
  signal: AbortSignal;
  times: CancelTimes;
}

/** Resolves with its exit code; null when a signal ended it. */
export function runProcess({ command, folder, environment, log, signal, times }: StepProcess) {
  const [program, ...args] = command;
  const child = spawn(program, args, {
    cwd: folder,
    env: environment,
    // A group of its own, to end with all that it started.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const killTree = () => {
    try {
      if (child.pid) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // Nothing is left of it.
    }
  };
  const timers: NodeJS.Timeout[] = [];
  const onCancel = () => {
    child.kill('SIGINT');
    timers.push(
      setTimeout(() => child.kill('SIGTERM'), times.interruptMs),
      setTimeout(killTree, times.interruptMs + times.terminateMs),
    );
  };
  for (const stream of [child.stdout, child.stderr]) {
    const sink = log.toSink();
    stream.on('data', sink.write).once('end', sink.end);
  }
  process.once('exit', killTree);
  return new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => {
      if (signal.aborted) onCancel();
      else signal.addEventListener('abort', onCancel, { once: true });
    });
    child.once('exit', (code) => {
      // What it left would keep its output open, and so the step.
      killTree();
      child.once('close', () => resolve(code));
    });
  }).finally(() => {
    for (const timer of timers) clearTimeout(timer);
    signal.removeEventListener('abort', onCancel);
    process.removeListener('exit', killTree);
  });
}

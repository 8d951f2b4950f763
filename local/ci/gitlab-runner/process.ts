/** Runs a program in a process group of its own, whose output goes where it is told; ended with SIGTERM, then SIGKILL. */
import { spawn } from 'node:child_process';

export interface Program {
  command: string[];
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  input?: string;
  signal?: AbortSignal;
  /** Between asking it to end and ending it. */
  graceMs?: number;
}

/** Its exit code; null when it did not start, or ended by a signal. */
export function runProgram(
  program: Program,
  onOut: (text: string) => void,
  onErr = onOut,
): Promise<number | null> {
  const [file = '', ...args] = program.command;
  const child = spawn(file, args, { cwd: program.cwd, env: program.env ?? process.env, detached: true });
  const kill = (signal: NodeJS.Signals) => {
    try {
      if (child.pid) process.kill(-child.pid, signal);
    } catch {
      // It has ended.
    }
  };
  let killTimer: NodeJS.Timeout | undefined;
  const stop = () => {
    kill('SIGTERM');
    killTimer = setTimeout(() => kill('SIGKILL'), program.graceMs ?? 10_000);
  };
  if (program.signal?.aborted) stop();
  program.signal?.addEventListener('abort', stop);
  child.stdout.setEncoding('utf8').on('data', onOut);
  child.stderr.setEncoding('utf8').on('data', onErr);
  // A program that does not read its input must not end the agent.
  child.stdin.on('error', () => {});
  child.stdin.end(program.input ?? '');
  return new Promise((resolve) => {
    const end = (code: number | null) => {
      clearTimeout(killTimer);
      program.signal?.removeEventListener('abort', stop);
      resolve(code);
    };
    child.once('error', (error) => {
      onErr(`${file} did not start: ${error.message}\n`);
      end(null);
    });
    child.once('close', (code) => end(code));
  });
}

/** Runs a program to its end, its output line by line to a log. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface ProgramOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Every line of output. */
  onLine?: (line: string) => void;
  /** Ends it. */
  signal?: AbortSignal | undefined;
}

const LINES_IN_ERROR = 20;

/** Throws with the end of the output when it fails. */
export function runProgram(program: string, args: string[], options: ProgramOptions = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      // Ctrl-C is for us: we end it by the signal.
      detached: true,
      ...(options.cwd ? { cwd: options.cwd } : {}),
      ...(options.env ? { env: options.env } : {}),
    });
    const stop = () => child.kill('SIGKILL');
    if (options.signal?.aborted) stop();
    options.signal?.addEventListener('abort', stop, { once: true });
    const last: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => {
        last.push(line);
        if (last.length > LINES_IN_ERROR) last.shift();
        options.onLine?.(line);
      });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      options.signal?.removeEventListener('abort', stop);
      if (code === 0) resolve();
      else reject(new Error(`${program} ended with ${signal ?? `code ${code}`}:\n${last.join('\n')}`));
    });
  });
}

/** A command line that the kernel ends, with all that it started and mounted, when we end. */
export const inOwnNamespaces = (command: string[]): [string, string[]] => [
  'setpriv',
  [
    ...['--pdeathsig', 'KILL', 'unshare', '--mount', '--pid', '--fork', '--kill-child=KILL', '--mount-proc'],
    ...command,
  ],
];

import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';

export interface Command {
  command: string[];
  environment: Record<string, string | undefined>;
  /** Standard input; a secret may travel here, never in the arguments. */
  input?: string;
  /** File that receives what the command prints. */
  log: string;
  signal: AbortSignal;
}

/**
 * A process namespace of its own for the command: when this process dies, however it dies, the kernel takes the
 * command and all that it started with it (terraform under cdktf would otherwise live on).
 */
const LEASH = [
  'setpriv',
  '--pdeathsig',
  'KILL',
  'unshare',
  '--pid',
  '--fork',
  '--kill-child=KILL',
  '--mount-proc',
];

/** Run a command to its end and return what it printed. @throws when it fails, with the end of its output */
export function runCommand({ command, environment, input, log, signal }: Command): Promise<string> {
  signal.throwIfAborted();
  const [file = '', ...args] = [...LEASH, ...command];
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      env: environment as NodeJS.ProcessEnv,
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    let output = '';
    const keep = (chunk: Buffer) => {
      output += chunk.toString();
      appendFileSync(log, chunk);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    // A command that ends without reading its input breaks the pipe; its exit status tells the story.
    child.stdin.on('error', () => {});
    child.stdin.end(input ?? '');
    const stop = () => child.kill('SIGKILL');
    signal.addEventListener('abort', stop, { once: true });
    child.on('error', (cause) => reject(new Error(`${file} cannot be started: ${cause.message}`, { cause })));
    child.on('close', (code) => {
      signal.removeEventListener('abort', stop);
      if (signal.aborted) return reject(signal.reason);
      if (code === 0) return resolve(output);
      reject(
        new Error(
          `${command.join(' ')} failed with status ${code}; whole output in ${log}, its end:\n${output.trimEnd().split('\n').slice(-25).join('\n')}`,
        ),
      );
    });
  });
}

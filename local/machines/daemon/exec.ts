/** Runs a command inside a machine, for tests and for what stands in for the SSM agent. */
import { spawn } from 'node:child_process';

export interface ExecResult {
  code: number;
  stdout: string;
  stderr: string;
}

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Runs a program to its end, as root inside the namespaces of the process `leader`.
 *
 * @param left when aborted, nobody waits for the result: the program is ended
 */
export function execInMachine(
  leader: number,
  command: string[],
  timeoutMs: number,
  left: AbortSignal,
): Promise<ExecResult> {
  return new Promise((resolve, reject) => {
    // A process group of its own: nsenter forks to get into the machine, and a signal to itself would not reach in there.
    const child = spawn('nsenter', ['--target', String(leader), '--all', '--', ...command], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH, HOME: '/root', LANG: 'C.UTF-8' },
      detached: true,
    });
    let note = '';
    const end = (why: string) => {
      note = `\nended by SIGKILL ${why}`;
      try {
        if (child.pid) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It was gone before.
      }
      // What left the group may hold the outputs open.
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const timer = setTimeout(() => end(`after ${timeoutMs} ms`), timeoutMs);
    const leave = () => end('because nobody waits for it');
    if (left.aborted) leave();
    left.addEventListener('abort', leave, { once: true });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      left.removeEventListener('abort', leave);
      resolve({ code: code ?? 137, stdout, stderr: `${stderr}${note}` });
    });
  });
}

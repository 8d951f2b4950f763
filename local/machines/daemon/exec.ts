/** Runs a command inside a machine, for tests and for the SSM agent to come. */
import { spawn } from 'node:child_process';

export interface ExecResult {
  code: number;
  stdout: string;
  stderr: string;
}

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Runs a program to its end, as root inside the namespaces of the process `leader`. */
export function execInMachine(leader: number, command: string[], timeoutMs: number): Promise<ExecResult> {
  return new Promise((resolve, reject) => {
    const child = spawn('nsenter', ['--target', String(leader), '--all', '--', ...command], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH, HOME: '/root', LANG: 'C.UTF-8' },
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      const note = signal ? `${stderr}\nended by ${signal} after at most ${timeoutMs} ms` : stderr;
      resolve({ code: code ?? 137, stdout, stderr: note });
    });
  });
}

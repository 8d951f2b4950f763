/** Starts the local AWS on a free port, without root, and ends it again whatever the test did. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const PROJECT = join(__dirname, '../..');
const START_DEADLINE_MS = 30_000;

export interface LocalAws {
  url: string;
  /** For every AWS client: `new EC2Client(aws.client)`. */
  client: {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
    maxAttempts: number;
  };
  /** Calls the back door: `local('GET', 'events?since=0')`. Throws unless the answer is a 2xx. */
  local: <Answer = unknown>(method: string, path: string, body?: unknown) => Promise<Answer>;
  stop: () => Promise<void>;
}

export async function startLocalAws(environment: Record<string, string> = {}): Promise<LocalAws> {
  const runDir = mkdtempSync(join(tmpdir(), 'muster-local-aws-'));
  const python = join(PROJECT, '.muster/venv/bin/python');
  const child = spawn(python, ['-m', 'local.aws', '--port', '0', '--run-dir', runDir, '--exit-with-parent'], {
    cwd: PROJECT,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kill = () => child.kill('SIGTERM');
  process.once('exit', kill);
  const stop = async () => {
    process.removeListener('exit', kill);
    await end(child);
    rmSync(runDir, { recursive: true, force: true });
  };
  try {
    return { ...openLocalAws(await readUrl(child)), stop };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

/** One that was started otherwise, with a cloud around it: `stop` is not for it. */
export const openLocalAws = (url: string): LocalAws => ({
  url,
  client: {
    endpoint: url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  },
  local: (method, path, body) => callBackDoor(url, method, path, body),
  stop: async () => {},
});

function readUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let errors = '';
    child.stderr?.on('data', (chunk) => {
      errors += chunk;
      if (process.env.MUSTER_TEST_VERBOSE) process.stderr.write(chunk);
    });
    const fail = (why: string) =>
      reject(new Error(`The local AWS did not start: ${why}. Is .muster/venv set up? ${errors}`));
    const timer = setTimeout(() => fail(`no answer in ${START_DEADLINE_MS} ms`), START_DEADLINE_MS);
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code) => fail(`it ended with ${code}`));
    if (!child.stdout) return fail('it has no output');
    createInterface({ input: child.stdout }).once('line', (line) => {
      clearTimeout(timer);
      resolve(JSON.parse(line).url);
    });
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
  await ended;
  clearTimeout(timer);
}

async function callBackDoor<Answer>(
  url: string,
  method: string,
  path: string,
  body: unknown,
): Promise<Answer> {
  const response = await fetch(`${url}/_local/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} /_local/${path} answered ${response.status}: ${text}`);
  return JSON.parse(text) as Answer;
}

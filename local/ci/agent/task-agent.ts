/** The task agent: runs the job as the user that the command prefix made it, streams its output, tells its result. */
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { type CiClient, createCiClient } from './ci-client';
import { RESULT_PATIENCE_MS, type Task, type TaskOrder } from './task';

const SEND_EVERY_MS = 200;
const CHUNK_CHARACTERS = 256 * 1024;

/** Sends text in order, from byte offsets, so that a chunk that is sent twice is kept once. */
class Output {
  private waiting = '';
  private offset = 0;
  private closed = false;
  readonly sent: Promise<void>;

  constructor(
    private readonly task: Task,
    private readonly client: CiClient,
  ) {
    this.sent = this.run();
  }

  write(text: string): void {
    this.waiting += text;
  }

  close(): Promise<void> {
    this.closed = true;
    return this.sent;
  }

  private async run(): Promise<void> {
    while (!this.closed || this.waiting) {
      const chunk = this.waiting.slice(0, CHUNK_CHARACTERS);
      if (!chunk) {
        await new Promise((resolve) => setTimeout(resolve, SEND_EVERY_MS));
        continue;
      }
      this.waiting = this.waiting.slice(chunk.length);
      const path = `/_agent/tasks/${this.task.id}/output?offset=${this.offset}`;
      await this.client.post(path, this.task.token, chunk, RESULT_PATIENCE_MS);
      this.offset += Buffer.byteLength(chunk);
    }
  }
}

interface Result {
  exitCode: number | null;
  reason: string | null;
}

function runCommand(command: string, order: TaskOrder, output: Output): Promise<Result> {
  const child = spawn('bash', ['-eo', 'pipefail', '-c', command], {
    cwd: order.workingDirectory,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, CI: 'true', CIRCLECI: 'true', CIRCLE_JOB: order.task.name },
  });
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => output.write(text));
  let stopped = false;
  process.once('SIGTERM', () => {
    stopped = true;
    if (child.pid) process.kill(-child.pid, 'SIGTERM');
  });
  return new Promise((resolve) => {
    child.once('error', (error) =>
      resolve({ exitCode: null, reason: `bash did not start: ${error.message}` }),
    );
    child.once('close', (code, signal) =>
      resolve({
        exitCode: code,
        reason: stopped ? 'the task was stopped' : signal ? `the job ended by ${signal}` : null,
      }),
    );
  });
}

/** A job without a command takes its seconds, and says so. */
function runPretence(task: Task, output: Output): Promise<Result> {
  output.write(`${task.name} begins, ${task.seconds} s\n`);
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      output.write(`${task.name} ends\n`);
      resolve({ exitCode: 0, reason: null });
    }, task.seconds * 1000);
    process.once('SIGTERM', () => {
      clearTimeout(timer);
      resolve({ exitCode: null, reason: 'the task was stopped' });
    });
  });
}

export async function runTaskAgent(input: string): Promise<void> {
  const order = JSON.parse(input) as TaskOrder;
  const { task } = order;
  const client = createCiClient(order.url, (line) => console.error(line));
  mkdirSync(order.workingDirectory, { recursive: true });
  const output = new Output(task, client);
  const run = task.command === null ? runPretence(task, output) : runCommand(task.command, order, output);
  const result = await run;
  await output.close();
  if (order.cleanupWorkingDirectory) rmSync(order.workingDirectory, { recursive: true, force: true });
  await client.post(`/_agent/tasks/${task.id}/finish`, task.token, result, RESULT_PATIENCE_MS);
}

/** Streams a job's log to GitLab, in order and from byte offsets, and keeps the job alive by it. */
import type { Answer, Client, Update } from './client';
import type { RunnerConfig } from './config-file';
import type { Job } from './job';

/** The real agent sends every 3 s and says that it lives every 30; a local run of a minute wants to be quicker. */
const SEND_EVERY_MS = 300;
const ALIVE_EVERY_MS = 2000;
const CHUNK_BYTES = 256 * 1024;
/** The result must arrive even when GitLab was down for a while. */
const RESULT_PATIENCE_MS = 15 * 60_000;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export class Trace {
  private waiting = Buffer.alloc(0);
  private offset = 0;
  private closed = false;
  private heard = performance.now();
  private readonly gaveUp = new AbortController();
  private readonly sent: Promise<void>;

  constructor(
    private readonly client: Client,
    private readonly runner: RunnerConfig,
    private readonly job: Job,
  ) {
    this.sent = this.run();
  }

  /** Aborted when GitLab says that the job is no longer ours: cancelled, or given up. */
  get aborted(): AbortSignal {
    return this.gaveUp.signal;
  }

  write(text: string): void {
    this.waiting = Buffer.concat([this.waiting, Buffer.from(text)]);
  }

  /** Sends the rest and the result, until GitLab has taken both. */
  async finish(update: Omit<Update, 'bytes'>): Promise<void> {
    this.closed = true;
    const until = performance.now() + RESULT_PATIENCE_MS;
    await this.sent;
    while (!this.aborted.aborted && performance.now() < until) {
      const answer = await this.client.updateJob(this.runner, this.job, { ...update, bytes: this.offset });
      if (answer.status === 200 || this.isOver(answer)) return;
      await pause(SEND_EVERY_MS * 2);
    }
  }

  private isOver({ status, headers }: Answer): boolean {
    const state = headers.get('job-status');
    const over =
      status === 403 || status === 404 || state === 'failed' || state === 'canceled' || state === 'canceling';
    if (over) this.gaveUp.abort();
    return over;
  }

  private async run(): Promise<void> {
    while (!this.aborted.aborted && (!this.closed || this.waiting.length > 0)) {
      const chunk = this.waiting.subarray(0, CHUNK_BYTES);
      if (chunk.length > 0) await this.send(chunk);
      else if (performance.now() - this.heard > ALIVE_EVERY_MS) await this.tellAlive();
      if (!this.closed || chunk.length === 0) await pause(SEND_EVERY_MS);
    }
  }

  private async send(chunk: Buffer): Promise<void> {
    const answer = await this.client.patchTrace(this.runner, this.job, chunk, this.offset);
    if (answer.status === 202) {
      this.offset += chunk.length;
      this.waiting = this.waiting.subarray(chunk.length);
      this.heard = performance.now();
    }
    this.isOver(answer);
    if (answer.status !== 202) await pause(SEND_EVERY_MS);
  }

  private async tellAlive(): Promise<void> {
    this.heard = performance.now();
    this.isOver(await this.client.updateJob(this.runner, this.job, { state: 'running', bytes: this.offset }));
  }
}

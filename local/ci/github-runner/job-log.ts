/** The Worker's way of a job's output to GitHub: in order, a piece at a time. */
import type { GithubClient } from './github-client';

const SEND_EVERY_MS = 300;
const PATIENCE_MS = 60_000;

export class JobLog {
  private waiting: Buffer[] = [];
  private sending = Promise.resolve();
  private readonly timer = setInterval(() => void this.send(), SEND_EVERY_MS);

  constructor(
    private readonly client: GithubClient,
    private readonly jobId: string,
  ) {}

  write = (bytes: Buffer): void => {
    this.waiting.push(bytes);
  };

  /** Resolves when all of it has been taken, or GitHub was silent for a minute. */
  async end(): Promise<void> {
    clearInterval(this.timer);
    await this.send();
  }

  private send(): Promise<void> {
    const bytes = Buffer.concat(this.waiting.splice(0));
    if (bytes.length > 0)
      this.sending = this.sending
        .then(() => this.client.insist('POST', `/jobs/${this.jobId}/log`, bytes, PATIENCE_MS))
        .then(
          () => undefined,
          () => undefined,
        );
    return this.sending;
  }
}

/** The agent's loop: claim, run, claim again; drain when told to, leave when idle. */
import { randomUUID } from 'node:crypto';
import { type CiClient, Refused } from './ci-client';
import type { AgentOptions } from './options';
import type { Task } from './task';
import { startTask, type TaskProcess } from './task-process';

/** The real agent backs off to 5 s; a local run of a minute wants to be quicker. */
const CLAIM_EVERY_MS = 500;
const CLAIM_PATIENCE_MS = 1000;

export class Runner {
  private draining = false;
  private current: TaskProcess | null = null;
  private wake: () => void = () => {};

  constructor(
    private readonly program: string,
    private readonly version: string,
    private readonly options: AgentOptions,
    private readonly client: CiClient,
    private readonly log: (line: string) => void,
  ) {}

  /** The first call drains: no new task, the present one ends by itself. The second ends that too. */
  terminate(): void {
    if (this.draining) this.current?.stop('the agent was told twice to end');
    this.draining = true;
    this.log(this.current ? 'shutting down after the present task' : 'shutting down');
    this.wake();
  }

  /** Until drained, idle for too long, or done with the one task. */
  async run(): Promise<void> {
    let idleSince = Date.now();
    let claimId = randomUUID();
    while (!this.draining) {
      const answer = await this.claim(claimId);
      if (answer !== 'unknown') claimId = randomUUID();
      if (answer !== null && answer !== 'unknown') {
        await this.runTask(answer);
        if (this.options.mode === 'single-task') return;
        idleSince = Date.now();
        continue;
      }
      const idle = Date.now() - idleSince;
      if (this.options.idleTimeoutMs !== null && idle >= this.options.idleTimeoutMs) {
        this.log(`no task for ${Math.round(idle / 1000)} s, leaving`);
        return;
      }
      await this.sleep(CLAIM_EVERY_MS);
    }
  }

  /** A task, null when there is none, or `unknown` when the CI did not answer: then the same claim is asked again. */
  private async claim(claimId: string): Promise<Task | null | 'unknown'> {
    const body = { name: this.options.name, version: this.version, mode: this.options.mode, claimId };
    const asked = this.client.post('/_agent/claim', this.options.authToken, body, CLAIM_PATIENCE_MS);
    const answer = await asked.catch((error: unknown) => {
      if (error instanceof Refused) throw error;
      return 'unknown' as const;
    });
    if (answer === 'unknown') return answer;
    return answer.status === 204 ? null : (answer.body as Task);
  }

  private async runTask(task: Task): Promise<void> {
    this.log(`task ${task.id} (${task.name}) begins`);
    this.current = startTask(this.program, this.options, task, this.client);
    await this.current.ended;
    this.current = null;
    this.log(`task ${task.id} has ended`);
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

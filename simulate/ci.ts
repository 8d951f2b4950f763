/** The CI: a queue, and agents that look at it. What it tells the scaler may be old, and at times it tells nothing. */
import type { AccountLimit } from './account-limit';
import type { Agenda } from './agenda';
import type { Random } from './random';
import type { SimulatedJob } from './trace';
import type { Windows } from './windows';
import type { World } from './world';

export interface Agent {
  /** Whether it still looks at the queue. */
  isLooking(): boolean;
  take(job: SimulatedJob): void;
}

export interface Counts {
  queued: number;
  running: number;
}

/** A CI that was not there: its agents look again after so long at the most, seconds. */
const RETRY = 5;

export class Ci {
  running = 0;
  /** Who hears of each change. */
  onChange = () => {};
  private queue: SimulatedJob[] = [];
  private head = 0;
  private readonly agents: Agent[] = [];
  /** Agents on their way to the queue. */
  private looking = 0;
  private history: { at: number; counts: Counts }[] = [];

  constructor(
    private readonly agenda: Agenda,
    private readonly world: World,
    private readonly random: Random,
    private readonly limit: AccountLimit,
    private readonly outages: Windows,
  ) {
    limit.onRelease(() => this.match());
  }

  get queued(): number {
    return this.queue.length - this.head;
  }

  submit(job: SimulatedJob): void {
    this.queue.push(job);
    this.note();
    this.match();
  }

  /** An agent with a free place. */
  offer(agent: Agent): void {
    this.agents.push(agent);
    this.match();
  }

  /** A job has ended, however it did; its place in the account is free. */
  release(): void {
    this.running -= 1;
    this.note();
    this.limit.release();
  }

  /** When the CI answers again; undefined when it does. */
  outUntil(): number | undefined {
    return this.outages.until(this.agenda.now);
  }

  /** What the CI says: up to so many seconds old. */
  read(): Counts {
    const { staleSeconds } = this.world.faults;
    if (staleSeconds === 0) return { queued: this.queued, running: this.running };
    const asOf = this.agenda.now - this.random.between(0, staleSeconds) * 1000;
    while (this.history.length > 1 && (this.history[1]?.at ?? Infinity) <= asOf) this.history.shift();
    return this.history[0]?.counts ?? { queued: 0, running: 0 };
  }

  private note(): void {
    this.onChange();
    const { staleSeconds } = this.world.faults;
    if (staleSeconds === 0) return;
    const { now } = this.agenda;
    this.history.push({ at: now, counts: { queued: this.queued, running: this.running } });
    if (this.history.length > 64) {
      const old = this.history.findLastIndex(({ at }) => at <= now - staleSeconds * 1000);
      if (old > 0) this.history = this.history.slice(old);
    }
  }

  private match(): void {
    while (this.looking < this.queued && !this.limit.isReached) {
      const agent = this.draw();
      if (!agent) return;
      this.looking += 1;
      this.agenda.in(this.random.between(...this.world.claim), () => this.look(agent));
    }
  }

  /** Any of those that wait: who looks first is chance. */
  private draw(): Agent | undefined {
    while (this.agents.length > 0) {
      const index = Math.floor(this.random.next() * this.agents.length);
      const agent = this.agents[index] as Agent;
      const last = this.agents.pop() as Agent;
      if (index < this.agents.length) this.agents[index] = last;
      if (agent.isLooking()) return agent;
    }
    return undefined;
  }

  private look(agent: Agent): void {
    const until = this.outUntil();
    if (until !== undefined && agent.isLooking()) {
      this.agenda.at(until + this.random.between(0, RETRY) * 1000, () => this.look(agent));
      return;
    }
    this.looking -= 1;
    if (agent.isLooking()) {
      const job = this.limit.isReached ? undefined : this.shift();
      if (job) {
        this.running += 1;
        this.limit.take();
        this.note();
        agent.take(job);
      } else this.agents.push(agent);
    }
    this.match();
  }

  private shift(): SimulatedJob | undefined {
    const job = this.queue[this.head];
    if (!job) return undefined;
    this.head += 1;
    if (this.head > 1024 && this.head * 2 > this.queue.length) {
      this.queue = this.queue.slice(this.head);
      this.head = 0;
    }
    return job;
  }
}

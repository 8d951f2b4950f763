/**
 * The queue of a stand-in CI: which job is where, claimed by whom. No clock, files or network in here: the time comes
 * in as an argument, which jobs a claim may take as a condition.
 */
import { randomBytes } from 'node:crypto';

export type JobState = 'queued' | 'running' | 'succeeded' | 'failed' | 'lost';

/** What both CIs say of a job on their admin side. */
export interface JobRecord {
  id: string;
  name: string;
  /** How long it takes when it has no command. */
  seconds: number;
  command: string | null;
  state: JobState;
  queuedAt: string;
  startedAt: string | null;
  finishedAt: string | null;
  /** Name of the runner that claimed it. */
  runner: string | null;
  /** How often it was started: more than once is a fault of the system. */
  runs: number;
  exitCode: number | null;
  /** Why it failed, when not by its own exit code. */
  reason: string | null;
  logFile: string;
}

type Progress = 'state' | 'queuedAt' | 'startedAt' | 'finishedAt' | 'runner' | 'runs' | 'exitCode' | 'reason';

/** A job as it is enqueued. */
export type NewJob<J extends JobRecord> = Omit<J, Progress>;

interface Claim {
  token: string;
  /** The agent's own id of the claim: asking again with it gives the same job, for an answer that got lost. */
  claimId: string | null;
  heardAt: number;
}

const iso = (now: number) => new Date(now).toISOString();

/** What every job says of itself: its name, and what it does, a command or nothing for some seconds. */
export function toWork(id: string, value: unknown): Pick<JobRecord, 'id' | 'name' | 'seconds' | 'command'> {
  const { name, seconds, command } = value as Record<string, unknown>;
  return {
    id,
    name: typeof name === 'string' ? name : id,
    seconds: typeof seconds === 'number' ? seconds : 1,
    command: typeof command === 'string' ? command : null,
  };
}

/** What every job has that nobody runs yet. */
export const toQueued = (now: number) => ({
  state: 'queued' as const,
  queuedAt: iso(now),
  startedAt: null,
  finishedAt: null,
  runner: null,
  runs: 0,
  exitCode: null,
  reason: null,
});

export class JobQueue<J extends JobRecord> {
  readonly jobs: J[] = [];
  private readonly claims = new Map<string, Claim>();

  add(job: NewJob<J>, now: number): J {
    const added = { ...job, ...toQueued(now) } as unknown as J;
    this.jobs.push(added);
    return added;
  }

  /** The job that this claim already got, while it runs. */
  claimed(claimId: string): { job: J; token: string } | null {
    for (const [id, claim] of this.claims) {
      const job = this.jobs.find((one) => one.id === id);
      if (claim.claimId === claimId && job?.state === 'running') return { job, token: claim.token };
    }
    return null;
  }

  /** The oldest queued job that the claim may take. */
  claim(
    mayTake: (job: J) => boolean,
    runner: string,
    claimId: string | null,
    now: number,
  ): { job: J; token: string } | null {
    const job = this.jobs.find((one) => one.state === 'queued' && mayTake(one));
    if (!job) return null;
    const token = randomBytes(24).toString('hex');
    this.claims.set(job.id, { token, claimId, heardAt: now });
    Object.assign(job, { state: 'running', runner, startedAt: iso(now), runs: job.runs + 1 });
    return { job, token };
  }

  /** The job that this task token belongs to. */
  byToken(id: string, token: string | undefined): J | null {
    if (!token || this.claims.get(id)?.token !== token) return null;
    return this.jobs.find((job) => job.id === id) ?? null;
  }

  heard(job: J, now: number): void {
    const claim = this.claims.get(job.id);
    if (claim) claim.heardAt = now;
  }

  heardAll(now: number, of: (job: J) => boolean = () => true): void {
    for (const job of this.jobs) if (of(job)) this.heard(job, now);
  }

  /** The first word on how a job ended is the last. */
  finish(job: J, exitCode: number | null, reason: string | null, now: number): void {
    if (job.state !== 'running') return;
    const state: JobState = exitCode === 0 && !reason ? 'succeeded' : 'failed';
    Object.assign(job, { state, exitCode, reason, finishedAt: iso(now) });
  }

  /** Running jobs whose agent is silent for longer than this fail as lost. */
  loseSilent(now: number, lostSeconds: number): J[] {
    const lost = this.jobs.filter(
      (job) => job.state === 'running' && now - (this.claims.get(job.id)?.heardAt ?? 0) > lostSeconds * 1000,
    );
    for (const job of lost)
      Object.assign(job, {
        state: 'lost',
        reason: `agent silent for ${lostSeconds} s`,
        finishedAt: iso(now),
      });
    return lost;
  }
}

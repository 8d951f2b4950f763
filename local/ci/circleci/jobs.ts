/**
 * The queue of the stand-in CircleCI: which job is where, claimed by whom. No clock, files or network in here:
 * the time comes in as an argument, the rest is the server's business.
 */
import { randomBytes } from 'node:crypto';

export type JobState = 'queued' | 'running' | 'succeeded' | 'failed' | 'lost';

export interface Job {
  id: string;
  name: string;
  resourceClass: string;
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

interface Claim {
  token: string;
  /** The agent's own id of the claim: asking again with it gives the same job, for an answer that got lost. */
  claimId: string;
  heardAt: number;
}

const iso = (now: number) => new Date(now).toISOString();

export class JobQueue {
  readonly jobs: Job[] = [];
  private readonly claims = new Map<string, Claim>();
  private readonly held = new Set<string>();

  add(job: Pick<Job, 'name' | 'resourceClass' | 'seconds' | 'command' | 'logFile' | 'id'>, now: number): Job {
    const added: Job = {
      ...job,
      state: 'queued',
      queuedAt: iso(now),
      startedAt: null,
      finishedAt: null,
      runner: null,
      runs: 0,
      exitCode: null,
      reason: null,
    };
    this.jobs.push(added);
    return added;
  }

  hold(resourceClass: string, held: boolean): void {
    if (held) this.held.add(resourceClass);
    else this.held.delete(resourceClass);
  }

  count(resourceClass: string, state: JobState): number {
    return this.jobs.filter((job) => job.resourceClass === resourceClass && job.state === state).length;
  }

  /** The oldest queued job of the class, or the one that this claim already got. */
  claim(
    resourceClass: string,
    runner: string,
    claimId: string,
    now: number,
  ): { job: Job; token: string } | null {
    for (const [id, claim] of this.claims) {
      const job = this.jobs.find((one) => one.id === id);
      if (claim.claimId === claimId && job?.state === 'running') return { job, token: claim.token };
    }
    if (this.held.has(resourceClass)) return null;
    const job = this.jobs.find((one) => one.resourceClass === resourceClass && one.state === 'queued');
    if (!job) return null;
    const token = randomBytes(24).toString('hex');
    this.claims.set(job.id, { token, claimId, heardAt: now });
    Object.assign(job, { state: 'running', runner, startedAt: iso(now), runs: job.runs + 1 });
    return { job, token };
  }

  /** The job that this task token belongs to. */
  byToken(id: string, token: string | undefined): Job | null {
    if (!token || this.claims.get(id)?.token !== token) return null;
    return this.jobs.find((job) => job.id === id) ?? null;
  }

  heard(job: Job, now: number): void {
    const claim = this.claims.get(job.id);
    if (claim) claim.heardAt = now;
  }

  heardAll(now: number, resourceClass: string | null): void {
    for (const job of this.jobs) {
      const claim = this.claims.get(job.id);
      if (claim && (resourceClass === null || job.resourceClass === resourceClass)) claim.heardAt = now;
    }
  }

  /** The first word on how a job ended is the last. */
  finish(job: Job, exitCode: number | null, reason: string | null, now: number): void {
    if (job.state !== 'running') return;
    const state: JobState = exitCode === 0 && !reason ? 'succeeded' : 'failed';
    Object.assign(job, { state, exitCode, reason, finishedAt: iso(now) });
  }

  /** Running jobs whose agent is silent for longer than this fail as lost. */
  loseSilent(now: number, lostSeconds: number): Job[] {
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

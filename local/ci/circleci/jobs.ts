/** The queue of the stand-in CircleCI: a job waits for runners of its resource class. */
import { type JobRecord, JobQueue as Queue } from '../job-queue';

export interface Job extends JobRecord {
  resourceClass: string;
}

export class JobQueue extends Queue<Job> {
  private readonly held = new Set<string>();

  hold(resourceClass: string, held: boolean): void {
    if (held) this.held.add(resourceClass);
    else this.held.delete(resourceClass);
  }

  count(resourceClass: string, state: Job['state']): number {
    return this.jobs.filter((job) => job.resourceClass === resourceClass && job.state === state).length;
  }

  /** The oldest queued job of the class, or the one that this claim already got. */
  claimOf(
    resourceClass: string,
    runner: string,
    claimId: string,
    now: number,
  ): { job: Job; token: string } | null {
    const mayTake = (job: Job) => job.resourceClass === resourceClass && !this.held.has(resourceClass);
    return this.claimed(claimId) ?? this.claim(mayTake, runner, claimId, now);
  }
}

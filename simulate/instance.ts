/** One instance: where it is in its life, and what it runs. Whoever decides about it is elsewhere. */
import type { SimulatedJob } from './trace';

export type State =
  | 'pending'
  | 'inService'
  /** Auto Scaling wants it gone, and its terminating hook waits. */
  | 'draining'
  | 'gone';

export interface Running {
  job: SimulatedJob;
  isOver: boolean;
}

export class Instance {
  state: State = 'pending';
  readyAt: number | undefined;
  /** Protected from scale-in. */
  isProtected = false;
  /** When it stopped to look at the queue, for good. */
  leavingSince: number | undefined;
  hasCrashed = false;
  /** It will be ready and take jobs; only the all-knowing look at this. */
  isUseful = true;
  readonly running = new Set<Running>();
  /** Milliseconds with a job, one at least. */
  busy = 0;
  lastJobAt: number | undefined;
  idleSince = 0;
  /** Longest time without a job, milliseconds; not counting the one that lasts. */
  longestIdle = 0;
  private busySince = 0;

  get isLeaving(): boolean {
    return this.leavingSince !== undefined;
  }

  constructor(
    readonly id: string,
    readonly launchedAt: number,
    readonly isSpot: boolean,
  ) {
    this.idleSince = launchedAt;
  }

  /** Since when it has no job and takes none. */
  get goesSince(): number | undefined {
    return this.leavingSince === undefined || this.running.size > 0
      ? undefined
      : Math.max(this.leavingSince, this.lastJobAt ?? 0);
  }

  begin(job: SimulatedJob, now: number): Running {
    if (this.running.size === 0) {
      this.busySince = now;
      this.longestIdle = Math.max(this.longestIdle, now - this.idleSince);
    }
    const running = { job, isOver: false };
    this.running.add(running);
    return running;
  }

  finish(running: Running, now: number): void {
    running.isOver = true;
    this.running.delete(running);
    if (this.running.size > 0) return;
    this.busy += now - this.busySince;
    this.lastJobAt = now;
    this.idleSince = now;
  }
}

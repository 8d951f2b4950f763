/** Jobs of one fleet, in the order in which they were submitted. */
export interface Job {
  /** Milliseconds since 1970. */
  submitted: number;
  /** Seconds. */
  duration: number;
}

/** What became of a job. */
export type Fate =
  /** It waits, or runs. */
  | 'open'
  | 'done'
  /** Somebody who scales ended its instance. */
  | 'killed'
  /** Its instance crashed. */
  | 'crashed'
  /** Its spot instance was reclaimed before it was done. */
  | 'reclaimed';

export interface SimulatedJob extends Job {
  /** Seconds; undefined until it runs. */
  wait: number | undefined;
  starts: number;
  fate: Fate;
}

export const toSimulated = (job: Job): SimulatedJob => ({ ...job, wait: undefined, starts: 0, fate: 'open' });

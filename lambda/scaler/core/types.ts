/** The values that the decision is made of. Plain data: times in milliseconds since 1970, counts as integers. */
import type { Problem, Reason } from './reasons';

/** Something could not be read. Never a count: unknown is not zero. */
export interface Unknown {
  kind: 'unknown';
  problem: Problem;
  /** What was seen, for the log line; never a token. */
  detail: string;
}

/** At least so many jobs: a part of the CI's answer is missing. */
export interface PartialDemand {
  kind: 'partial';
  queued: number;
  running: number;
  problem: Problem;
  detail: string;
}

/** What the CI wants now, in jobs. */
export type Demand = { kind: 'known'; queued: number; running: number } | PartialDemand | Unknown;

/** The end of one launch, as the group's scaling activities tell it. */
export interface Launch {
  endedAt: number;
  result: 'succeeded' | 'failed';
  message: string;
}

/** What the fleet has now, in instances. */
export interface KnownCapacity {
  kind: 'known';
  desired: number;
  min: number;
  /** The group's own MaxSize, which may differ from the settings between two deploys. */
  max: number;
  /** Ids of instances on their way to InService; no job can be on one (the launching hook sees to that). */
  pending: readonly string[];
  inService: readonly string[];
  /** Ids of instances that an operator holds (standby, or on the way to it): no part of desired, and no capacity. */
  held: readonly string[];
  /** Instances in any other state that is not an end: detaching. */
  other: number;
  /** Ids of instances that end, but are protected from scale-in, for they still have, or just had, a job. */
  draining: readonly string[];
  /** Suspended processes of the group. */
  suspended: readonly string[];
  /** Launches that ended lately, newest first; undefined when they were not read. */
  launches?: readonly Launch[];
  /** Of a hundred instances so many are bought on demand; absent: the group has no mixed-instances policy. */
  onDemandPercent?: number;
  /** An operator paused the fleet; since when, if the tag tells. */
  paused?: { since?: number };
}
export type Capacity = KnownCapacity | Unknown;

/**
 * hold: change nothing. grow: raise desired to `to`. close: lower it to `to` because the fleet is closed.
 * cancel: lower it to `to` because launches fail and nothing fills it.
 * `want`: instances that demand and settings ask for, before any limit; absent when demand is unknown or does not matter.
 */
export type Decision =
  | { kind: 'hold'; reason: Reason; want?: number }
  | { kind: 'grow' | 'close' | 'cancel'; to: number; reason: Reason; want?: number };

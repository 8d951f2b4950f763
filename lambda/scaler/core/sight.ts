import type { FleetSettings } from '../settings';
import { type Boots, watchBoots } from './boots';
import type { KnownCapacity } from './types';

/** What one poll saw, and what has added up over the polls before it. */
export interface Sight {
  at: number;
  queued: number;
  running: number;
  /** As it was after the decision. */
  desired: number;
  pending: readonly string[];
  inService: readonly string[];
  draining: readonly string[];
  /** Since when jobs stay queued beside instances that do not take them, and the least of both numbers. */
  stuck?: { since: number; inService: number; queued: number } | undefined;
  /** Since when fewer are in service than desired. */
  shortSince?: number | undefined;
  /** Since when fewer are in service or on their way than desired. */
  unfilledSince?: number | undefined;
  /** Launches that ended before InService since the last one that got there. */
  failedLaunches: number;
  /** Instances that left unused while jobs were queued, less two for each job that was seen to be claimed. */
  unused: number;
  /** Jobs that ended since the look before, more than instances left: whose instance is about to. */
  leaving?: number | undefined;
  boots?: Boots | undefined;
}

/** Jobs that need instances. */
export interface Jobs {
  queued: number;
  /** Of those that run the ones that may be on an instance in service. */
  here: number;
}

/** What happened between two polls. */
export interface Change {
  /** An instance came into service. */
  arrived: boolean;
  /** Jobs that were claimed, at least: by so many more run, or fewer wait. */
  claimed: number;
  /** Jobs that ended, at least. */
  ended: number;
  /** Instances that seem to have left unused while jobs were queued. */
  unused: number;
  /** Jobs that ended, more than instances left. */
  leaving: number;
}

/**
 * Two polls further apart say nothing about what happened between them. An account with a small request budget is
 * polled every four minutes at the slowest; a healthy fleet is not suspected at that pace either (simulated).
 */
const MAX_GAP_MS = 5 * 60_000;
/**
 * In more time an instance can boot, work and leave while somebody else who was woken raises desired again, and would
 * look lost. The group's activities tell then.
 */
const LOST_GAP_MS = 90_000;

export function look(
  last: Sight | undefined,
  demand: { queued: number; running: number },
  capacity: KnownCapacity,
  { slots, protection }: Pick<FleetSettings, 'slots' | 'protection'>,
  now: number,
): { sight: Sight; change: Change; jobs: Jobs } {
  const before = last && now - last.at <= MAX_GAP_MS ? last : undefined;
  const change = before ? compare(before, demand, capacity, { slots, protection }) : NO_CHANGE;
  const isContinuous = before !== undefined && now - before.at <= LOST_GAP_MS;
  const lost = isContinuous ? countLost(before, capacity) : 0;
  const { queued, running } = demand;
  const { desired, pending, inService, draining } = capacity;
  // Where all are protected that tells nothing.
  const here = protection === 'all' ? running : Math.max(0, running - countDraining(before, capacity));

  const isStuck = queued > 0 && inService.length * slots > here && change.claimed === 0;
  const stuck = isStuck
    ? {
        since: before?.stuck?.since ?? now,
        inService: Math.min(before?.stuck?.inService ?? Infinity, inService.length),
        queued: Math.min(before?.stuck?.queued ?? Infinity, queued),
      }
    : undefined;
  return {
    change,
    jobs: { queued, here },
    sight: {
      at: now,
      queued,
      running,
      desired,
      pending,
      inService,
      draining,
      stuck,
      shortSince: desired > inService.length ? (before?.shortSince ?? now) : undefined,
      unfilledSince: desired > inService.length + pending.length ? (before?.unfilledSince ?? now) : undefined,
      failedLaunches: change.arrived ? 0 : (before?.failedLaunches ?? 0) + lost,
      unused: queued === 0 ? 0 : Math.max(0, (last?.unused ?? 0) + change.unused - 2 * change.claimed),
      leaving: change.leaving,
      boots: watchBoots(last?.boots, capacity, now, isContinuous),
    },
  };
}

/**
 * Instances that drain and have a job, one at least; it needs no other instance. Who ends because its job is over is
 * gone within seconds: to be counted one must have been seen twice, or in a busy fleet somebody would always wait.
 */
function countDraining(before: Sight | undefined, { draining }: KnownCapacity): number {
  const were = new Set(before?.draining);
  return draining.filter((id) => were.has(id)).length;
}

const NO_CHANGE: Change = { arrived: false, claimed: 0, ended: 0, unused: 0, leaving: 0 };

function compare(
  before: Sight,
  { queued, running }: { queued: number; running: number },
  capacity: KnownCapacity,
  { slots, protection }: Pick<FleetSettings, 'slots' | 'protection'>,
): Change {
  const were = new Set(before.inService);
  const are = new Set([...capacity.inService, ...capacity.held]);
  const gone = before.inService.filter((id) => !are.has(id)).length;
  // A job shorter than a poll is never seen running: it is missing from the queue. Cancelled ones look the same,
  // and cost no more than an instance that leaves unused.
  const claimed = Math.max(0, running - before.running, before.queued - queued);
  const ended = Math.max(0, before.running + claimed - running);
  // Whom somebody ends with its job, as spot does, has not left unused; and each job that ended explains one instance
  // that left, which may be the same; it may have ended just before the last look, and its instance left after it.
  // An instance that was killed in mid-job leaves `running` as it was for minutes, so no more can have left unused than
  // were idle; where jobs also run elsewhere under the same class, nobody can tell who was idle.
  const idle = before.inService.length * slots - before.running;
  const busy = protection === 'all' ? 0 : capacity.draining.filter((id) => were.has(id)).length;
  const unexplained = Math.max(0, gone - Math.max(ended + (before.leaving ?? 0), busy));
  const unused = idle < 0 ? unexplained : Math.min(unexplained, Math.ceil(idle / slots));
  return {
    arrived: capacity.inService.some((id) => !were.has(id)),
    claimed,
    ended,
    unused: queued > 0 && before.queued > 0 && claimed === 0 ? unused : 0,
    leaving: Math.max(0, ended - gone),
  };
}

/**
 * Pending instances that ended without having been seen in service. Who did a short job between two polls has
 * lowered desired when it left, and so has somebody who took instances back.
 */
function countLost(before: Sight, capacity: KnownCapacity): number {
  const there = new Set([...capacity.pending, ...capacity.inService]);
  const lost = before.pending.filter((id) => !there.has(id)).length;
  return Math.max(0, lost - Math.max(0, before.desired - capacity.desired));
}

import { countOverdue } from './boots';
import type { Jobs, Sight } from './sight';
import type { KnownCapacity } from './types';

export interface Want {
  /** Instances that demand and settings ask for, before any limit. */
  instances: number;
  reason: 'queue' | 'stayed-queued' | 'warm';
}

/** Two polls of the default ten seconds, with room for jitter; an agent takes a few seconds to claim its first job. */
const PATIENCE_MS = 8_000;

/**
 * queued + busy in instances, and warm; one more for a boot that hangs, and more when jobs stay queued beside instances
 * that do not take them.
 */
export function toWant(
  { queued, here }: Jobs,
  capacity: KnownCapacity,
  { stuck, boots }: Pick<Sight, 'stuck' | 'boots'>,
  { slots, warm }: { slots: number; warm: number },
  now: number,
): Want {
  // A boot that hangs is given up by its hook at last, and its job has waited for all that time.
  const overdue = boots ? Math.min(countOverdue(boots, now), Math.ceil(queued / slots)) : 0;
  // Capped, so that jobs that run elsewhere under the same class are not paid for.
  const busyJobs = Math.min(here, capacity.inService.length * slots);
  const missing = Math.ceil((queued + busyJobs) / slots) + overdue + warm;
  // Jobs that stay queued beside instances in service are not taken by these: one hangs, or is on its last job.
  // Counted from the least since nobody claimed anything, so that it launches one round more and not one a poll.
  const others =
    stuck && now - stuck.since >= PATIENCE_MS ? stuck.inService + Math.ceil(stuck.queued / slots) : 0;
  if (others > missing) return { instances: others, reason: 'stayed-queued' };
  return { instances: missing, reason: queued === 0 && warm > 0 ? 'warm' : 'queue' };
}

/** Warm capacity by the hour of the day. */
import type { HourGrowth } from './growth';

const HOURS = 24;

/**
 * As many as are worth their waiting: the last of them gets a job once in so many hours at the least. One number for all
 * hours, so that none costs more for a job than another. A week has each hour a few times only: the hours beside it speak
 * for it too, or one busy morning would be taken for a habit.
 * @param every hours; 0: none waits
 */
export function toWarmHours(byHour: readonly HourGrowth[], every: number, most: number): number[] {
  return byHour.map((hour, index) => {
    if (every === 0 || hour.times === 0) return 0;
    const around = [-1, 0, 1].flatMap((by) => byHour[(index + by + HOURS) % HOURS] ?? []);
    const times = around.reduce((sum, one) => sum + one.times, 0);
    const grown = around.flatMap((one) => one.grown).sort((one, other) => other - one);
    // The n-th instance is needed in each stretch that grows by n or more.
    const uses = Math.max(1, Math.ceil(times / every));
    return Math.min(most, grown[uses - 1] ?? 0);
  });
}

/** The fewest idle hours that meet so many of the jobs, each hour of the day having one number, chosen with hindsight. */
export interface IdleNeeded {
  /** Idle instances in the hour with most. */
  most: number;
  /** Over the whole trace. */
  instanceHours: number;
}

/**
 * Instances come back for nothing at the end of each stretch. The n-th of an hour is taken before any that gets fewer
 * jobs for its hours: they never get more as n grows, so that this is the least.
 * @param share of the jobs that find an instance, 0 to 1
 */
export function toIdleNeeded(byHour: readonly HourGrowth[], jobs: number, share: number): IdleNeeded {
  const needed = byHour.flatMap(({ times, grown }) =>
    times === 0
      ? []
      : Array.from({ length: grown[0] ?? 0 }, (_, index) => {
          const uses = grown.filter((count) => count > index).length;
          return { place: index + 1, times, uses };
        }),
  );
  const all = needed.reduce((sum, { uses }) => sum + uses, 0);
  // What needs no idle instance found one that had just become free, or came while the fleet was not open.
  let missing = all - (1 - share) * jobs;
  const idle: IdleNeeded = { most: 0, instanceHours: 0 };
  for (const { place, times, uses } of needed.sort(
    (one, other) => other.uses / other.times - one.uses / one.times,
  )) {
    if (missing <= 0) break;
    // A part of the last one would do.
    idle.instanceHours += times * Math.min(1, missing / uses);
    idle.most = Math.max(idle.most, place);
    missing -= uses;
  }
  return idle;
}

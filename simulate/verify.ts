/** What must hold whatever happens. Each violation is one line, for the one who looks for its cause. */
import { toStaying } from '../lambda/scaler/core/warm';
import type { Result } from './fleet';
import { type FleetPlan, mostWarm } from './plan';
import type { Work } from './run';
import type { Job } from './trace';
import { LAUNCHING_HEARTBEAT, type World } from './world';

export function verify(plan: FleetPlan, jobs: readonly Job[], world: World, result: Result): string[] {
  const { fates, twice, left, longestIdle, bill } = result;
  const problems: string[] = [];
  if (fates.killed > 0) problems.push(`${fates.killed} jobs were killed by scaling`);
  if (twice > 0) problems.push(`${twice} jobs were run more than once`);
  if (fates.open > 0) problems.push(`${fates.open} of ${jobs.length} jobs were not served`);
  if (left.queued > 0 || left.running > 0)
    problems.push(`the CI still has ${left.queued} queued and ${left.running} running jobs`);
  const stays = toStaying(plan.settings, left.at);
  if (left.instances > stays) problems.push(`${left.instances} instances are left, ${stays} may stay`);
  if (left.desired > stays) problems.push(`desired stays at ${left.desired}, ${stays} may stay`);
  const limit = toIdleLimit(plan);
  if (longestIdle.seconds > limit)
    problems.push(
      `instance ${longestIdle.id} had no job for ${Math.round(longestIdle.seconds)} s, ${limit} s at most`,
    );
  const most = toMostHours(plan, jobs, world, result);
  if (bill.instanceHours > most)
    problems.push(`${bill.instanceHours.toFixed(2)} instance-hours, ${most.toFixed(2)} at most`);
  return problems;
}

/** Of several fleets each line names its own. */
export const verifyAll = (works: readonly Work[], world: World, results: readonly Result[]): string[] =>
  works.flatMap(({ plan, jobs }, index) =>
    verify(plan, jobs, world, results[index] as Result).map((line) =>
      works.length === 1 ? line : `${plan.settings.name}: ${line}`,
    ),
  );

/**
 * The longest that an instance may be without a job, seconds: boot and hook, idle, what leaving takes when calls fail, and
 * what AWS takes to find a dead one. Warm ones may be so for ever.
 */
export function toIdleLimit({ settings, life }: FleetPlan): number {
  return mostWarm(settings.warm) > 0 ? Infinity : LAUNCHING_HEARTBEAT + life.idleSeconds + 900;
}

/** All jobs, and each instance idle for as long as it may be, after each job again if it serves many. Warm ones pay for the whole time. */
function toMostHours(
  { settings, life }: FleetPlan,
  jobs: readonly Job[],
  { boot }: World,
  { bill: { instances }, began, left }: Result,
): number {
  const busy = jobs.reduce((sum, { duration }) => sum + Math.min(duration, life.jobLimit), 0);
  const idles = instances + (life.serves === 'many-jobs' ? jobs.length : 0);
  const seconds = [
    busy,
    instances * (boot.p95 * 4 + 600),
    idles * life.idleSeconds,
    (mostWarm(settings.warm) * (left.at - began)) / 1000,
  ];
  return seconds.reduce((sum, part) => sum + part) / 3600;
}

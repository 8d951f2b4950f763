/** Each job on an on-demand instance of its own, at once: it pays itself and one boot, and waits for that boot alone. */
import { addLife, emptyBill } from '../ledger';
import { type Measured, measure } from '../measure';
import type { FleetPlan } from '../plan';
import { createRandom } from '../random';
import { type Job, toSimulated } from '../trace';
import type { World } from '../world';

/** Without reuse, spot and a pool nobody can do better. */
export function toBound(
  jobs: readonly Job[],
  world: World,
  { group: { price }, life: { jobLimit } }: FleetPlan,
): Measured {
  const random = createRandom(world.seed, 'bound');
  const bill = emptyBill();
  const served = jobs.map((job) => {
    const boot = random.skewed(world.boot);
    const launchedAt = job.submitted;
    const readyAt = launchedAt + boot * 1000;
    const busy = Math.min(job.duration, jobLimit) * 1000;
    const endedAt = readyAt + busy;
    addLife(bill, { launchedAt, readyAt, busy, goesSince: endedAt, endedAt }, price.onDemand);
    return { ...toSimulated(job), wait: boot, starts: 1, fate: 'done' as const };
  });
  return measure(served, bill, 0);
}

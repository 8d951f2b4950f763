/** What nobody can do better: each job pays itself and one boot, and waits for that boot alone. */
import { addLife, emptyBill } from '../ledger';
import { type Measured, measure } from '../measure';
import { createRandom } from '../random';
import { type Job, toSimulated } from '../trace';
import type { World } from '../world';

/** @param price dollars an hour */
export function toBound(jobs: readonly Job[], world: World, price: number): Measured {
  const random = createRandom(world.seed, 'bound');
  const bill = emptyBill();
  const served = jobs.map((job) => {
    const boot = random.skewed(world.boot);
    const launchedAt = job.submitted;
    const readyAt = launchedAt + boot * 1000;
    const endedAt = readyAt + job.duration * 1000;
    addLife(bill, { launchedAt, readyAt, busy: job.duration * 1000, goesSince: endedAt, endedAt }, price);
    return { ...toSimulated(job), wait: boot, starts: 1, fate: 'done' as const };
  });
  return measure(served, bill, 0);
}

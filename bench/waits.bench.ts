/** What docs/simulate.md promises of the default policy, over twelve made-up weeks, beside an all-knowing scaler. */
import type { Result } from '../simulate/fleet';
import { generateJobs, WORKING_WEEK } from '../simulate/generate';
import { toBound } from '../simulate/policies/bound';
import { runFleet } from '../simulate/run';
import { PERFECT_WORLD, USUAL_FAULTS } from '../simulate/world';
import { MONDAY, PERFECT_PLAN } from '../test/simulate/perfect-plan';

const SEEDS = Array.from({ length: 12 }, (_, index) => index + 1);

function toRow(seed: number) {
  const jobs = generateJobs(WORKING_WEEK, MONDAY, 7, seed);
  const world = { ...PERFECT_WORLD, seed };
  const bad = { ...world, faults: USUAL_FAULTS };
  const bound = toBound(jobs, world, PERFECT_PLAN).cost;
  const tell = (name: string, { waits, cost }: Result) => ({
    [`${name} p95 s`]: Math.round(waits.p95),
    [`${name} p99 s`]: Math.round(waits.p99),
    [`${name} × bound`]: Number((cost / bound).toFixed(3)),
  });
  return {
    seed,
    jobs: jobs.length,
    ...tell('good', runFleet(PERFECT_PLAN, jobs, world)),
    ...tell('bad', runFleet(PERFECT_PLAN, jobs, bad)),
    ...tell('all-knowing, bad', runFleet({ ...PERFECT_PLAN, policy: 'all-knowing' }, jobs, bad)),
  };
}

console.log('Weeks of 10,000 jobs, boot 45 s (median) and 70 s (p95); a bad week is FAULTS=usual.');
console.table(SEEDS.map(toRow));

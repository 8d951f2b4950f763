/** One simulation of simulate.bench.ts, named by the argument: prints what it took. */
import type { Result } from '../simulate/fleet';
import { generateJobs, WORKING_WEEK } from '../simulate/generate';
import type { FleetPlan } from '../simulate/plan';
import { runFleet } from '../simulate/run';
import { soak } from '../simulate/soak';
import { NO_FAULTS, PERFECT_WORLD, USUAL_FAULTS } from '../simulate/world';
import { MONDAY, PERFECT_PLAN } from '../test/simulate/perfect-plan';

/** Jobs of all fleets together in a week; the largest has a fifth of them (Zipf). */
const COMPANY = { fleets: 50, jobsPerWeek: 100_000, days: 30 };
const SOAK_JOBS = 20_000;

const toJobs = (jobsPerWeek: number, days: number, seed: number) =>
  generateJobs({ ...WORKING_WEEK, jobsPerWeek }, MONDAY, days, seed);
const planOf = (name: string, policy: FleetPlan['policy']): FleetPlan => ({
  ...PERFECT_PLAN,
  policy,
  settings: { ...PERFECT_PLAN.settings, name },
});

const playWeek = (policy: FleetPlan['policy'], faults = NO_FAULTS) => [
  runFleet(planOf('linux', policy), toJobs(10_000, 7, 1), { ...PERFECT_WORLD, faults }),
];

function playCompany(): Pick<Result, 'jobs' | 'looks'>[] {
  const { fleets, jobsPerWeek, days } = COMPANY;
  const ranks = Array.from({ length: fleets }, (_, index) => index + 1);
  const all = ranks.reduce((sum, rank) => sum + 1 / rank, 0);
  return ranks.map((rank) =>
    runFleet(planOf(`fleet-${rank}`, 'muster'), toJobs(jobsPerWeek / rank / all, days, rank), {
      ...PERFECT_WORLD,
      faults: USUAL_FAULTS,
    }),
  );
}

function playSoak(): Pick<Result, 'jobs' | 'looks'>[] {
  const options = { first: 1, jobs: SOAK_JOBS, size: 'large', hasPublished: false } as const;
  const { ours } = soak({ ...options, clock: () => 0 });
  return [{ jobs: ours.jobs, looks: 0 }];
}

const WHAT: Record<string, () => Pick<Result, 'jobs' | 'looks'>[]> = {
  'all-knowing': () => playWeek('all-knowing'),
  muster: () => playWeek('muster'),
  bad: () => playWeek('muster', USUAL_FAULTS),
  soak: playSoak,
  company: playCompany,
};

const play = WHAT[process.argv[2] ?? ''];
if (!play) throw new Error(`${process.argv[2]}: use one of ${Object.keys(WHAT).join(', ')}.`);
const begin = process.cpuUsage();
const results = play();
const { user, system } = process.cpuUsage(begin);
const sum = (key: 'jobs' | 'looks') => results.reduce((total, result) => total + result[key], 0);
const mb = process.resourceUsage().maxRSS / 1000;
console.log(JSON.stringify({ jobs: sum('jobs'), looks: sum('looks'), seconds: (user + system) / 1e6, mb }));

/** A whole simulation from one number: settings, jobs and faults at random, within what an operator may write and AWS may do. */
import type { FleetSettings, Hours } from '../lambda/scaler/settings';
import { generateJobs, WORKING_WEEK } from './generate';
import type { FleetPlan } from './plan';
import { createRandom, type Random } from './random';
import type { Job } from './trace';
import { type Faults, NO_FAULTS, PERFECT_WORLD, type World } from './world';

export interface Scenario {
  plan: FleetPlan;
  jobs: Job[];
  world: World;
}

/** A Monday. */
const FROM = Date.UTC(2026, 0, 5);

/** small: a day with a few dozen jobs, for thousands of them in a test. large: up to two days with a thousand. */
export type Size = 'small' | 'large';

export function toScenario(seed: number, size: Size = 'large'): Scenario {
  const random = createRandom(seed, 'scenario');
  const days = size === 'small' ? 1 : 1 + Math.floor(random.next() * 2);
  const jobsPerWeek = Math.round(10 ** random.between(1.2, size === 'small' ? 2.5 : 3.5));
  const duration = { median: 10 ** random.between(0.5, 3), p95: 0 };
  duration.p95 = duration.median * random.between(1.2, 6);
  const jobs = generateJobs(
    { ...WORKING_WEEK, jobsPerWeek, inBursts: random.next(), duration },
    FROM,
    days,
    seed,
  );
  const boot = { median: random.between(10, 80), p95: 0 };
  boot.p95 = boot.median * random.between(1.05, 1.8);
  return {
    plan: toPlan(random),
    jobs,
    world: { ...PERFECT_WORLD, seed, boot, faults: toFaults(random) },
  };
}

function toPlan(random: Random): FleetPlan {
  const slots = random.chance(0.3) ? 1 + Math.floor(random.next() * 4) : 1;
  const serves = slots > 1 || random.chance(0.3) ? 'many-jobs' : 'one-job';
  const isSpot = random.chance(0.3);
  const settings: FleetSettings = {
    name: 'fleet',
    group: 'muster-sim-fleet',
    account: 'sim',
    queue: { ci: 'circleci', resourceClass: 'sim/fleet' },
    max: 1 + Math.floor(10 ** random.between(0, 2)),
    warm: random.chance(0.2) ? 1 + Math.floor(random.next() * 2) : 0,
    slots,
    ...(random.chance(0.1) ? { surge: 1 + Math.floor(random.next() * 10) } : {}),
    ...(random.chance(0.3) ? { hours: toHours(random) } : {}),
    ...(isSpot ? { spot: { percent: 80, fallbackMinutes: 15 } } : {}),
  };
  settings.warm = Math.min(settings.warm as number, settings.max);
  return {
    policy: 'muster',
    settings,
    pollSeconds: random.pick([5, 10, 20, 30]) ?? 10,
    group: {
      price: { onDemand: 0.1, spot: 0.04 },
      stopped: random.chance(0.1) ? 2 : 0,
      spotPercent: isSpot ? 80 : 0,
    },
    life: {
      slots,
      serves,
      idleSeconds: random.between(30, 600),
      jobLimit: 3 * 3600,
      way: 'counts-out',
    },
  };
}

function toHours(random: Random): Hours {
  const day = [{ open: '07:00', close: random.pick(['18:00', '20:30', '24:00']) ?? '20:00' }];
  return {
    timeZone: random.pick(['UTC', 'Europe/Berlin', 'America/New_York']) ?? 'UTC',
    week: { mon: day, tue: day, wed: day, thu: day, fri: day },
    holidays: [],
    outside: random.chance(0.5) ? 'closed' : 'on-demand',
  };
}

/** Each kind of fault is absent in half of the worlds, so that one does not hide what another does. */
function toFaults(random: Random): Faults {
  const maybe = (most: number) => (random.chance(0.5) ? random.next() * most : 0);
  return {
    ...NO_FAULTS,
    staleSeconds: maybe(10),
    readFails: maybe(0.3),
    outageMinutes: maybe(60),
    awsFails: maybe(0.1),
    launchFails: maybe(0.2),
    bootHangs: maybe(0.1),
    agentHangs: maybe(0.05),
    crashesPerHour: maybe(0.1),
    reclaimsPerHour: maybe(0.2),
    invocationsKilled: maybe(0.2),
    invocationsTwice: maybe(0.2),
    groupStale: maybe(0.1),
    changeDelay: maybe(20),
    answersLost: maybe(0.2),
    emptiedPerDay: maybe(12),
    chosenPerDay: maybe(24),
  };
}

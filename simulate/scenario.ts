/** A whole simulation from one number: settings, jobs and faults at random, within what an operator may write and AWS may do. */
import type { FleetSettings, Hours } from '../lambda/scaler/settings';
import { generateJobs, MONDAY, WORKING_WEEK } from './generate';
import type { FleetPlan } from './plan';
import { createRandom, type Random } from './random';
import type { Account, Work } from './run';
import { type Faults, NO_FAULTS, PERFECT_WORLD, type World } from './world';

/** Fleets of one account. */
export interface Scenario {
  works: Work[];
  account: Account;
  world: World;
}

/** small: a day with some dozens of jobs, for thousands of them in a test. large: up to three days with up to some thousands. */
export type Size = 'small' | 'large';

const MINUTE = 60;
/** Busy without a pause, which closed hours and faults make a multiple of; a simulation is given up after 90. */
const MOST_BUSY_DAYS = 8;
const DAYS: Record<Size, number> = { small: 1, large: 3 };
/** Powers of ten. */
const MOST_JOBS_PER_WEEK: Record<Size, number> = { small: 2.5, large: 4.2 };

export function toScenario(seed: number, size: Size = 'large'): Scenario {
  const random = createRandom(seed, 'scenario');
  // Most faults are of one fleet alone.
  const fleets = random.chance(0.2) ? 2 + Math.floor(random.next() * 2) : 1;
  const works = Array.from({ length: fleets }, (_, index) => toWork(seed, index, size, random));
  const boot = { median: random.between(10, 80), p95: 0 };
  boot.p95 = boot.median * random.between(1.05, 1.8);
  const account = toAccount(works, random);
  const fitting = works.map((work) => toFitting(work, works, account, boot.p95));
  return { works: fitting, account, world: { ...PERFECT_WORLD, seed, boot, faults: toFaults(random) } };
}

function toWork(seed: number, index: number, size: Size, random: Random): Work {
  const days = 1 + Math.floor(random.next() * DAYS[size]);
  const jobsPerWeek = Math.round(10 ** random.between(1.2, MOST_JOBS_PER_WEEK[size]));
  const duration = { median: 10 ** random.between(0.5, 3), p95: 0 };
  duration.p95 = duration.median * random.between(1.2, 6);
  const profile = { ...WORKING_WEEK, jobsPerWeek, inBursts: random.next(), duration };
  return {
    plan: toPlan(`fleet-${index + 1}`, random),
    jobs: generateJobs(profile, MONDAY, days, seed + index / 10),
  };
}

/** As many of its jobs as the fleet can do in time at its maximum, with a boot each and its part of the limit. */
function toFitting(
  { plan, jobs }: Work,
  works: readonly Work[],
  { limit = Infinity }: Account,
  boot: number,
): Work {
  const { settings, life } = plan;
  const atOnce = Math.max(1, Math.min(settings.max * life.slots, limit / works.length));
  let left = atOnce * MOST_BUSY_DAYS * 86_400;
  const most = jobs.findIndex(({ duration }) => {
    left -= duration + boot + MINUTE;
    return left < 0;
  });
  return { plan, jobs: most < 0 ? jobs : jobs.slice(0, most) };
}

/** Fleets that share a limit, told to the scaler or not; an instance of each fits. */
function toAccount(works: readonly Work[], random: Random): Account {
  if (works.length === 1 && random.chance(0.8)) return {};
  const slots = works.reduce((sum, { plan }) => sum + plan.life.slots, 0);
  const limit = slots + Math.floor(10 ** random.between(0, 2));
  return { limit, ...(random.chance(0.6) ? { concurrency: limit } : {}) };
}

function toPlan(name: string, random: Random): FleetPlan {
  const slots = random.chance(0.3) ? 1 + Math.floor(random.next() * 4) : 1;
  const serves = slots > 1 || random.chance(0.3) ? 'many-jobs' : 'one-job';
  const isSpot = random.chance(0.3);
  const settings: FleetSettings = {
    name,
    group: `muster-sim-${name}`,
    account: 'sim',
    queue: { ci: 'circleci', resourceClass: `sim/${name}` },
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
    throttledMinutes: maybe(30),
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

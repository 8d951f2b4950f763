/** Searches the numbers of a policy: what each setting costs and how long jobs wait, and which are not beaten. */
import type { FleetPlan } from './plan';
import { runFleet } from './run';
import type { Job } from './trace';
import type { World } from './world';

export interface Setting {
  name: string;
  plan: FleetPlan;
}

export interface Tried {
  name: string;
  cost: number;
  /** Seconds. */
  p50: number;
  p95: number;
  /** No other is both cheaper and faster (p95). */
  isBest: boolean;
}

export interface Advice {
  tried: Tried[];
  chosen: { goal: string; setting: Tried | undefined }[];
}

const HOURS = 24;
/** Shares of the hours of one kind that the warm capacity would do for. */
const WARM_SHARES = [0.5, 0.9, 0.99];
/** In terms of what is set: a queue that meets the maximum is cured by nothing else. */
const MAXIMA = [1, 2, 4];
const IDLE_SECONDS = [60, 300, 900];

/**
 * Warm capacity by the hour of the day (UTC): enough for what came within one boot, in so many of the stretches of that
 * hour on the days that had jobs at all.
 */
export function toWarmHours(jobs: readonly Job[], boot: number, share: number, most: number): number[] {
  const stretch = boot * 1000;
  const counts = new Map<number, number>();
  for (const { submitted } of jobs) {
    const index = Math.floor(submitted / stretch);
    counts.set(index, (counts.get(index) ?? 0) + 1);
  }
  const days = new Set(jobs.map(({ submitted }) => Math.floor(submitted / 86_400_000)));
  const byHour: number[][] = Array.from({ length: HOURS }, () => []);
  for (const [index, count] of counts) {
    const hour = new Date(index * stretch).getUTCHours();
    byHour[hour]?.push(count);
  }
  const stretches = Math.round((days.size * 3600) / boot);
  return byHour.map((found) => {
    const sorted = found.sort((one, other) => other - one);
    // Stretches without a job are no entries: the place counts from the most.
    return Math.min(most, sorted[Math.floor((1 - share) * stretches)] ?? 0);
  });
}

/** What an operator can set, around what is set. */
export function toSettings(plan: FleetPlan, jobs: readonly Job[], world: World): Setting[] {
  return MAXIMA.flatMap((factor) => toSettingsAt(plan.settings.max * factor, plan, jobs, world));
}

function toSettingsAt(max: number, plan: FleetPlan, jobs: readonly Job[], world: World): Setting[] {
  const warms = [
    { name: 'no warm', warm: 0 as FleetPlan['settings']['warm'] },
    ...WARM_SHARES.map((share) => ({
      name: `warm by the hour for ${share * 100} %`,
      warm: { timeZone: 'UTC', byHour: toWarmHours(jobs, world.boot.median, share, max) },
    })),
  ];
  const peak = Math.min(max, Math.max(...toWarmHours(jobs, world.boot.median, 0.99, max)));
  const pools = [...new Set([0, Math.ceil(peak / 2), peak])];
  const reuses = [
    { name: 'one job', serves: 'one-job' as const, idle: [plan.life.idleSeconds] },
    { name: 'many jobs', serves: 'many-jobs' as const, idle: IDLE_SECONDS },
  ];
  return warms.flatMap((warm) =>
    pools.flatMap((stopped) =>
      reuses.flatMap(({ name, serves, idle }) =>
        idle.map((idleSeconds) => ({
          name: `max ${max}, ${warm.name}, ${name}, idle ${idleSeconds} s${stopped ? `, ${stopped} stopped` : ''}`,
          plan: {
            ...plan,
            settings: { ...plan.settings, max, warm: warm.warm },
            group: { ...plan.group, stopped },
            life: { ...plan.life, serves, idleSeconds },
          },
        })),
      ),
    ),
  );
}

/** @param bound cost that nobody can go below, dollars */
export function advise(
  settings: readonly Setting[],
  jobs: readonly Job[],
  world: World,
  bound: number,
): Advice {
  const played = settings.map(({ name, plan }) => {
    const { cost, waits } = runFleet(plan, jobs, world);
    return { name, cost, p50: waits.p50, p95: waits.p95 };
  });
  const tried = played.map((one): Tried => {
    const isBeaten = played.some(
      ({ cost, p95 }) => cost <= one.cost && p95 <= one.p95 && (cost < one.cost || p95 < one.p95),
    );
    return { ...one, isBest: !isBeaten };
  });
  const cheapest = (fits: (one: Tried) => boolean) =>
    tried.filter(fits).sort((one, other) => one.cost - other.cost)[0];
  const fastest = (most: number) =>
    tried.filter(({ cost }) => cost <= most * bound).sort((one, other) => one.p95 - other.p95)[0];
  return {
    tried,
    chosen: [
      { goal: 'cheapest', setting: cheapest(() => true) },
      { goal: 'fastest at 1.2 × bound', setting: fastest(1.2) },
      { goal: 'fastest at 2 × bound', setting: fastest(2) },
      { goal: 'half of the jobs within 1 s', setting: cheapest(({ p50 }) => p50 < 1) },
      { goal: '19 of 20 jobs within 10 s', setting: cheapest(({ p95 }) => p95 < 10) },
      { goal: '19 of 20 jobs within 30 s', setting: cheapest(({ p95 }) => p95 < 30) },
    ],
  };
}

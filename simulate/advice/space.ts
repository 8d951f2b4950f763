/** What there is to choose from: lists, of which a point takes one each. */
import { type FleetPlan, mostWarm } from '../plan';
import type { Job } from '../trace';
import type { World } from '../world';
import type { Choice } from './choice';
import { type Frame, type HourGrowth, toGrowth, toPeak } from './growth';
import { toOpenDays } from './open-days';
import { toWarmHours } from './warm-hours';

/** What this fleet may be set to, whatever the jobs are. */
export interface Reach {
  serves: readonly Choice['serves'][];
  /** Instances beyond which no job runs: the plan's concurrency, or what the config takes. */
  most: number;
  /** Whether instances can wait stopped: not those of spot. */
  mayStop: boolean;
  /** In order of preference; a warm pool takes the first alone. */
  instanceTypes: readonly string[];
  /** Whether idle ones can be told from others. */
  mayWait: boolean;
  /** Of the hours of the day. */
  timeZone: string;
}

/** Places in the lists of a space. */
export type Point = Readonly<Record<keyof Space['lists'], number>>;

export interface Space {
  lists: {
    max: readonly number[];
    /** Hours in which the last warm instance gets a job; 0: none waits. */
    every: readonly number[];
    serves: readonly Choice['serves'][];
    idleSeconds: readonly number[];
    stopped: readonly number[];
    pollSeconds: readonly number[];
  };
  /** Where the search begins. */
  coarse: readonly Point[];
  toChoice: (point: Point) => Choice;
}

const ROOT = Math.SQRT2;
/** From once in seven minutes to once in sixteen hours, each half as much again as the one before. */
const EVERY = [0, ...Array.from({ length: 15 }, (_, step) => 0.125 * ROOT ** step)];
const COARSE_EVERY = [0, 1, 5, 9, 13];
const IDLE = [15, 30, 60, 120, 300, 900, 1800, 3600];
const COARSE_IDLE = [60, 300];
/** In terms of what the busiest stretch needs. */
const STOPPED = [0, 0.25, 0.5, 0.75, 1, 1.5];
const COARSE_STOPPED = [0, 1];
const MOST_STOPPED = 1000;
export const FASTEST_POLL = 5;

const inOrder = (numbers: readonly number[]) => [...new Set(numbers)].sort((one, other) => one - other);
const indexes = (list: readonly unknown[]) => list.map((_, index) => index);

export function toSpace(plan: FleetPlan, jobs: readonly Job[], world: World, reach: Reach): Space {
  const { settings, life } = plan;
  const hours = settings.hours ?? toOpenDays(jobs, reach.timeZone);
  const growth = keepGrowth(plan, jobs, world, { hours, timeZone: reach.timeZone });
  const peak = Math.max(1, ...growth(false, false).map(({ grown }) => grown[0] ?? 0));
  const enough = Math.min(reach.most, Math.ceil((toPeak(jobs) / life.slots + peak) / 10) * 10);
  const set = Math.min(reach.most, settings.max);
  // In the order in which a search turns them.
  const lists: Space['lists'] = {
    every: reach.mayWait ? EVERY : [0],
    stopped: reach.mayStop
      ? inOrder(STOPPED.map((share) => Math.min(MOST_STOPPED, Math.ceil(share * peak))))
      : [0],
    idleSeconds: inOrder([...IDLE, life.idleSeconds]),
    pollSeconds: inOrder([FASTEST_POLL, plan.pollSeconds]),
    serves: reach.serves,
    max: inOrder([set, Math.max(enough, set)]),
  };

  const toChoice = (point: Point): Choice => {
    const max = lists.max[point.max] ?? settings.max;
    const serves = lists.serves[point.serves] ?? life.serves;
    const wanted = lists.stopped[point.stopped] ?? 0;
    const every = lists.every[point.every] ?? 0;
    const byHour = toWarmHours(growth(serves === 'many-jobs', wanted > 0), every, max);
    const warm = byHour.some((count) => count > 0) ? { timeZone: reach.timeZone, byHour } : 0;
    return {
      max,
      warm,
      hours: warm === 0 ? settings.hours : hours,
      serves,
      // An instance of one job is idle only when the job that it was launched for is gone.
      idleSeconds: serves === 'one-job' ? life.idleSeconds : (lists.idleSeconds[point.idleSeconds] ?? 0),
      stopped: Math.max(0, Math.min(wanted, max - mostWarm(warm))),
      pollSeconds: lists.pollSeconds[point.pollSeconds] ?? plan.pollSeconds,
    };
  };
  return { lists, coarse: toCoarse(lists, peak, plan.pollSeconds), toChoice };
}

/** With too few instances at all, others that wait make little difference: there, none does. */
function toCoarse(lists: Space['lists'], peak: number, poll: number): Point[] {
  const pollSeconds = lists.pollSeconds.indexOf(poll);
  const stopped = COARSE_STOPPED.map((share) => lists.stopped.indexOf(Math.ceil(share * peak)));
  const each = (max: number, everies: readonly number[], pools: readonly number[]): Point[] =>
    everies.flatMap((every) =>
      lists.serves.flatMap((kind, serves) =>
        (kind === 'one-job' ? [60] : COARSE_IDLE).flatMap((seconds) =>
          pools.map((place) => ({
            ...{ max, every, serves, pollSeconds },
            idleSeconds: lists.idleSeconds.indexOf(seconds),
            stopped: place,
          })),
        ),
      ),
    );
  const enough = lists.max.length - 1;
  return [
    ...indexes(lists.max)
      .slice(0, enough)
      .flatMap((max) => each(max, [0], [0])),
    ...each(
      enough,
      COARSE_EVERY.filter((every) => every < lists.every.length),
      stopped.filter((place) => place >= 0),
    ),
  ];
}

type Kept = (isReused: boolean, isResumed: boolean) => readonly HourGrowth[];

/** Few kinds, asked for often. */
function keepGrowth(
  { pollSeconds, life: { slots } }: FleetPlan,
  jobs: readonly Job[],
  { boot, resume }: World,
  open: Pick<Frame, 'hours' | 'timeZone'>,
): Kept {
  const kept = new Map<string, HourGrowth[]>();
  return (isReused, isResumed) => {
    const key = `${isReused} ${isResumed}`;
    const stretch = (isResumed ? resume : boot).median + pollSeconds;
    const growth = kept.get(key) ?? toGrowth(jobs, { ...open, stretch, isReused, slots });
    kept.set(key, growth);
    return growth;
  };
}

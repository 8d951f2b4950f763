/** Whether a target was met, and the arithmetic where it was not. */
import type { FleetPlan } from '../plan';
import { toShare, toWait } from '../show';
import type { Job } from '../trace';
import type { World } from '../world';
import { type Target, toCheapest } from './goals';
import { toGrowth, toPeak } from './growth';
import { toOpenDays } from './open-days';
import type { Outcome } from './search';
import { FASTEST_POLL, type Reach } from './space';
import { toIdleNeeded } from './warm-hours';

export interface Answer {
  target: string;
  isMet: boolean;
  /** One sentence each. */
  lines: string[];
}

export interface Case {
  plan: FleetPlan;
  jobs: readonly Job[];
  world: World;
  reach: Reach;
  /** Dollars. */
  bound: number;
  /** The same of jobs that the search did not see. */
  unseenBound?: number | undefined;
}
/** With the jobs that the search saw, and with others. */
type Known = Outcome & { unseen?: Outcome };

const HOUR = 3600;
const times = (dollars: number, bound: number) => `${toShare(dollars, bound)} × bound`;
const percent = (share: number) => `${Math.round(100 * share)} %`;

export function toAnswer(target: Target, tried: readonly Known[], all: Case): Answer {
  const { what, seconds, cost, waitOf } = target;
  const fits = tried.filter((one) => waitOf(one) < seconds);
  const cheapest = toCheapest(fits);
  const least = cheapest?.cost ?? Infinity;
  const isMet = least <= cost * all.bound;
  const name = `${what} at no more than ${cost} × bound`;
  if (isMet)
    return {
      target: name,
      isMet,
      lines: [`Met: ${times(least, all.bound)}.`, ...toProof(target, cheapest?.unseen, all.unseenBound)],
    };
  const found =
    fits.length > 0 ? `the cheapest with that wait is ${times(least, all.bound)}` : 'none has that wait';
  const within = tried.filter((one) => one.cost <= cost * all.bound).map(waitOf);
  const wait = within.length > 0 ? `; for ${cost} × the wait is ${Math.min(...within).toFixed(2)} s` : '';
  return { target: name, isMet, lines: [`Not met: ${found}${wait}.`, ...toReasons(target, all)] };
}

/** A choice fits the jobs that it was made for best. */
function toProof({ seconds, cost, waitOf }: Target, unseen?: Outcome, bound?: number): string[] {
  if (!unseen || bound === undefined) return [];
  const holds = waitOf(unseen) < seconds && unseen.cost <= cost * bound;
  return [
    `With jobs that the search did not see it is ${holds ? 'met too' : 'missed'}: ${toWait(waitOf(unseen))} for ${times(unseen.cost, bound)}.`,
  ];
}

/**
 * The least that warm capacity of one number an hour would cost: the hours chosen with hindsight, instances back for
 * nothing as soon as any launch can help, and no boot paid.
 */
function toReasons({ seconds, share, cost }: Target, { plan, jobs, world, reach, bound }: Case): string[] {
  const { price, spotPercent } = plan.group;
  const hourly = price.onDemand + (spotPercent / 100) * (price.spot - price.onDemand);
  const slots = plan.life.slots;
  const lines: string[] = [];
  const peak = toPeak(jobs);
  if (peak > reach.most * slots)
    lines.push(
      `Up to ${peak} jobs want to run at once, and ${reach.most * slots} can: the others wait for these.`,
    );
  const [soonest, latest] = world.claim;
  const claimed = Math.min(1, (seconds - soonest) / (latest - soonest));
  const free = share / claimed;
  if (claimed < 1)
    lines.push(
      `An agent that is free looks at the queue after ${soonest} to ${latest} s: of the jobs that find one ${percent(claimed)} begin within ${seconds} s, so ${percent(share)} needs one for ${percent(free)}.`,
    );
  if (free > 1) return lines;
  const launch = toLaunch(world, reach);
  const stretch = Math.max(1, launch - seconds);
  const growth = toGrowth(jobs, {
    stretch,
    timeZone: reach.timeZone,
    hours: plan.settings.hours ?? toOpenDays(jobs, reach.timeZone),
    isReused: reach.serves.includes('many-jobs'),
    slots: 1,
  });
  const idle = toIdleNeeded(growth, jobs.length, free);
  const running = (jobs.reduce((sum, { duration }) => sum + duration, 0) / HOUR / slots) * hourly;
  const waiting = (idle.instanceHours / slots) * hourly;
  const isEnough = running + waiting > cost * bound;
  lines.push(
    `A ${reach.mayStop ? 'stopped' : 'new'} instance takes a job ${Math.round(launch)} s after it came (poll, launch, claim): what comes within ${Math.round(stretch)} s must find instances idle. For ${percent(free)} of these jobs warm needs up to ${idle.most} of them and ${Math.round(idle.instanceHours / slots)} idle hours, even with the hours of the day chosen in hindsight and each one replaced at once and for nothing: jobs ${times(running, bound)} + idle ${times(waiting, bound)} = ${times(running + waiting, bound)}${isEnough ? ', more than allowed' : '; that is no proof, but the real ones also pay boots, and are replaced later'}.`,
  );
  return lines;
}

const middle = ([least, most]: readonly [number, number]) => (least + most) / 2;

/** From a job that finds none idle until an instance takes it, half of the times, with the fastest poll. */
const toLaunch = ({ boot, resume, begin, change, claim }: World, { mayStop }: Reach): number =>
  FASTEST_POLL / 2 + middle(change) + middle(begin) + (mayStop ? resume : boot).median + middle(claim);

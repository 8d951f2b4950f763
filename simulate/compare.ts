/** The same jobs with one policy after the other. */
import type { Result, Watch } from './fleet';
import type { Measured } from './measure';
import type { FleetPlan } from './plan';
import { toBound } from './policies/bound';
import { type Account, runFleets } from './run';
import { Timeline } from './timeline';
import type { Job } from './trace';
import type { World } from './world';

export interface Compared {
  name: string;
  /** What it is, for one who reads it for the first time. */
  what: string;
  measured: Measured | Result;
  /** How often each reason was decided; the deployed core alone has reasons. */
  reasons: Record<string, number>;
  timeline: Timeline | undefined;
}

export interface Entry {
  name: string;
  what: string;
  plan: FleetPlan;
}

const POINTS = 600;

/** Beside what is asked for: what there was before, what else is published, and the bound that is left. */
export function toEntries(plan: FleetPlan): Entry[] {
  const published = {
    ...plan,
    life: { ...plan.life, serves: 'one-job' as const, way: 'powers-off' as const },
  };
  return [
    { name: 'muster', what: 'this config, the deployed scaler', plan },
    {
      name: 'all-knowing',
      what: 'the best that looks as seldom: it sees the truth, and its calls never fail',
      plan: { ...plan, policy: 'all-knowing' },
    },
    {
      name: 'always-on',
      what: `${plan.settings.max} instances at all times`,
      plan: {
        ...plan,
        policy: 'always-on',
        life: { ...plan.life, serves: 'many-jobs' },
        group: { ...plan.group, spotPercent: 0, stopped: 0 },
      },
    },
    {
      name: 'published, fails open',
      what: 'as many instances as unclaimed tasks, once a minute; an error of the API counts as the maximum',
      plan: { ...published, policy: 'published-maximum' },
    },
    {
      name: 'published, freezes',
      what: 'the same; an error of the API crashes it',
      plan: { ...published, policy: 'published-nothing' },
    },
  ];
}

export function compare(
  plan: FleetPlan,
  jobs: readonly Job[],
  world: World,
  { entries = toEntries(plan), account = {} }: { entries?: readonly Entry[]; account?: Account } = {},
): Compared[] {
  const begin = jobs[0]?.submitted ?? 0;
  const stretch = Math.max(10_000, ((jobs.at(-1)?.submitted ?? begin) - begin) / POINTS);
  const played = entries.map(({ name, what, plan: each }): Compared => {
    const timeline = new Timeline(begin, stretch);
    const reasons: Record<string, number> = {};
    const watch: Watch = {
      timeline,
      onLook: ({ outcome: { decision } }) => {
        reasons[decision.reason] = (reasons[decision.reason] ?? 0) + 1;
      },
    };
    const [measured] = runFleets([{ plan: each, jobs }], world, account, [watch]) as [Result];
    return { name, what, measured, reasons, timeline };
  });
  const bound: Compared = {
    name: 'bound',
    what: 'each job on an on-demand instance of its own, launched at once: it pays itself and one boot, and waits for that boot',
    measured: toBound(jobs, world, plan),
    reasons: {},
    timeline: undefined,
  };
  return [...played, bound];
}

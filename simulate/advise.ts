/** Searches what an operator can set: what each setting costs and how long jobs wait, which are not beaten, and why. */
import { type Choice, toName, toPlan } from './advice/choice';
import { choose, type Goal, isBest, TARGETS, toLeaders } from './advice/goals';
import { type Found, type Outcome, search, toMost } from './advice/search';
import { toSpace } from './advice/space';
import { toYaml } from './advice/to-yaml';
import { type Answer, type Case, toAnswer } from './advice/why';
import type { Result } from './fleet';
import { toBound } from './policies/bound';
import { type Account, runFleets } from './run';
import type { Job } from './trace';
import type { World } from './world';

export interface Asked extends Omit<Case, 'bound'> {
  /** Of the fleet alone. */
  account?: Account;
  /** Jobs that the search does not see, to tell what its choice is worth with others. */
  unseen?: Unseen | undefined;
}
export interface Unseen {
  jobs: readonly Job[];
  /** What they are, for people. */
  source: string;
}

export interface Tried {
  name: string;
  /** A letter, of those that are chosen for a goal. */
  label?: string;
  /** Dollars. */
  cost: number;
  /** Seconds. */
  p50: number;
  p95: number;
  /** With the jobs that the search did not see; of those that are chosen. */
  unseen?: Outcome;
  /** No other is both cheaper and faster (p95). */
  isBest: boolean;
}

/** What an operator would write. */
export interface Recommended {
  label: string;
  choice: Choice;
  /** Of the config. */
  lines: string[];
}

export interface Advice {
  /** Dollars: each job that the search saw, and one boot. */
  bound: number;
  /** The same of those that it did not see; undefined: there were none. */
  unseen: { source: string; bound: number } | undefined;
  tried: Tried[];
  chosen: Goal<Tried>[];
  answers: Answer[];
  recommended: Recommended[];
}

/** @param onRun hears of each run, and how many there are at most */
export function advise(asked: Asked, onRun: (done: number, most: number) => void = () => {}): Advice {
  const { plan, jobs, world, reach, account = {} } = asked;
  const play = (choice: Choice, those: readonly Job[], there: World): Outcome => {
    const work = { plan: toPlan(plan, choice), jobs: those };
    const [{ cost, waits }] = runFleets([work], there, account) as [Result];
    return { cost, p50: waits.p50, p95: waits.p95 };
  };
  const bound = toBound(jobs, world, plan).cost;
  const space = toSpace(plan, jobs, world, reach);
  let done = 0;
  const attempt = (choice: Choice) => {
    const outcome = play(choice, jobs, world);
    done += 1;
    onRun(done, toMost(space));
    return outcome;
  };
  const found = search(space, attempt, (all) => toLeaders(all, bound));
  const goals = choose(found, bound);
  const distinct = [...new Set(goals.flatMap(({ setting }) => setting ?? []))];
  const labels = new Map(distinct.map((one, index) => [one, String.fromCharCode(65 + index)]));
  // Other jobs, and other boots and faults for them.
  const other = { ...world, seed: world.seed + 1 };
  const { unseen } = asked;
  const toTried = (one: Found): Tried => {
    const { choice, ...outcome } = one;
    const label = labels.get(one);
    return {
      name: toName(choice),
      ...(label && { label }),
      ...outcome,
      ...(label && unseen && { unseen: play(choice, unseen.jobs, other) }),
      isBest: isBest(one, found, ({ p95 }) => p95),
    };
  };
  const tried = new Map(found.map((one) => [one, toTried(one)]));
  const unseenBound = unseen && toBound(unseen.jobs, other, plan).cost;
  return {
    bound,
    unseen: unseen && { source: unseen.source, bound: unseenBound ?? 0 },
    tried: [...tried.values()],
    chosen: goals.map(({ goal, setting }) => ({ goal, setting: setting && tried.get(setting) })),
    answers: TARGETS.map((target) => toAnswer(target, [...tried.values()], { ...asked, bound, unseenBound })),
    recommended: [...labels].map(([{ choice }, label]) => ({
      ...{ label, choice },
      lines: toYaml({ instanceTypes: reach.instanceTypes, plan, choice }),
    })),
  };
}

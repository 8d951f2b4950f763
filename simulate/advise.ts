/** Searches what an operator can set: what each setting costs and how long jobs wait, which are not beaten, and why. */
import { type Choice, toName, toPlan } from './advice/choice';
import { choose, type Goal, isBest, TARGETS, toLeaders } from './advice/goals';
import { search, toMost } from './advice/search';
import { toSpace } from './advice/space';
import { toYaml } from './advice/to-yaml';
import { type Answer, type Case, toAnswer } from './advice/why';
import { runFleet } from './run';

export interface Tried {
  name: string;
  /** A letter, of those that are chosen for a goal. */
  label?: string;
  /** Dollars. */
  cost: number;
  /** Seconds. */
  p50: number;
  p95: number;
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
  tried: Tried[];
  chosen: Goal<Tried>[];
  answers: Answer[];
  recommended: Recommended[];
}

/** @param onRun hears of each run, and how many there are at most */
export function advise(asked: Case, onRun: (done: number, most: number) => void = () => {}): Advice {
  const { plan, jobs, world, reach, bound } = asked;
  const space = toSpace(plan, jobs, world, reach);
  let done = 0;
  const play = (choice: Choice) => {
    const { cost, waits } = runFleet(toPlan(plan, choice), jobs, world);
    done += 1;
    onRun(done, toMost(space));
    return { cost, p50: waits.p50, p95: waits.p95 };
  };
  const found = search(space, play, (all) => toLeaders(all, bound));
  const goals = choose(found, bound);
  const distinct = [...new Set(goals.flatMap(({ setting }) => setting ?? []))];
  const labels = new Map(distinct.map((one, index) => [one, String.fromCharCode(65 + index)]));
  const tried = new Map(
    found.map((one): [typeof one, Tried] => {
      const { choice, cost, p50, p95 } = one;
      const label = labels.get(one);
      const best = isBest(one, found, (other) => other.p95);
      return [one, { name: toName(choice), ...(label && { label }), cost, p50, p95, isBest: best }];
    }),
  );
  return {
    tried: [...tried.values()],
    chosen: goals.map(({ goal, setting }) => ({ goal, setting: setting && tried.get(setting) })),
    answers: TARGETS.map((target) => toAnswer(target, found, asked)),
    recommended: [...labels].map(([{ choice }, label]) => ({
      ...{ label, choice },
      lines: toYaml({ instanceTypes: reach.instanceTypes, plan, choice }),
    })),
  };
}

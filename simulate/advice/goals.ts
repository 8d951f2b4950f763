/** What is looked for, and what was found of it. */
import type { Found, Outcome } from './search';

/** A wait that is asked for, and what it may cost in terms of the bound. */
export interface Target {
  what: string;
  /** Share of the jobs, 0 to 1, that begin within so many seconds. */
  share: number;
  seconds: number;
  /** × bound. */
  cost: number;
  waitOf: (outcome: Outcome) => number;
}

export const TARGETS: readonly Target[] = [
  {
    what: 'half of the jobs within 1 s',
    ...{ share: 0.5, seconds: 1, cost: 1.2 },
    waitOf: ({ p50 }) => p50,
  },
  {
    what: '19 of 20 jobs within 10 s',
    ...{ share: 0.95, seconds: 10, cost: 2 },
    waitOf: ({ p95 }) => p95,
  },
];

export interface Goal<Item> {
  goal: string;
  setting: Item | undefined;
}

export const toCheapest = <Item extends Outcome>(items: readonly Item[]): Item | undefined =>
  items.toSorted((one, other) => one.cost - other.cost || one.p95 - other.p95)[0];
const fastest = <Item extends Outcome>(items: readonly Item[], waitOf: Target['waitOf']): Item | undefined =>
  items.toSorted((one, other) => waitOf(one) - waitOf(other) || one.cost - other.cost)[0];

/** @param bound dollars: each job and one boot */
export function choose<Item extends Outcome>(items: readonly Item[], bound: number): Goal<Item>[] {
  return [
    { goal: 'cheapest', setting: toCheapest(items) },
    ...TARGETS.flatMap(({ what, seconds, cost, share, waitOf }) => [
      { goal: what, setting: toCheapest(items.filter((item) => waitOf(item) < seconds)) },
      {
        goal: `shortest p${100 * share} at ${cost} × bound`,
        setting: fastest(
          items.filter((item) => item.cost <= cost * bound),
          waitOf,
        ),
      },
    ]),
    { goal: '19 of 20 jobs within 30 s', setting: toCheapest(items.filter(({ p95 }) => p95 < 30)) },
  ];
}

/** No other costs no more and waits no longer, and one of both less. */
export function isBest(one: Outcome, all: readonly Outcome[], waitOf: Target['waitOf']): boolean {
  return !all.some(
    (other) =>
      other.cost <= one.cost &&
      waitOf(other) <= waitOf(one) &&
      (other.cost < one.cost || waitOf(other) < waitOf(one)),
  );
}

/** How many of each target are looked around. */
const LEADERS = 3;

/** Those that are not beaten, by how little they miss of what is asked: the one that meets it for least comes first. */
export function toLeaders(found: readonly Found[], bound: number): Found[] {
  const nearest = TARGETS.map((target) => {
    const missing = (one: Found) =>
      Math.max(0, Math.log(one.cost / (target.cost * bound))) +
      Math.max(0, Math.log(target.waitOf(one) / target.seconds));
    return found
      .filter((one) => isBest(one, found, target.waitOf))
      .toSorted((one, other) => missing(one) - missing(other) || one.cost - other.cost)
      .slice(0, LEADERS);
  });
  const inTurns = Array.from({ length: LEADERS }, (_, place) => nearest.flatMap((list) => list[place] ?? []));
  return [...new Set(inTurns.flat())];
}

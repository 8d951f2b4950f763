/** Which settings are tried: first far apart, then around those that are not beaten. No chance in it. */
import type { Choice } from './choice';
import type { Point, Space } from './space';

/** Cost in dollars, waits in seconds. */
export interface Outcome {
  cost: number;
  p50: number;
  p95: number;
}
export interface Found extends Outcome {
  choice: Choice;
}

/** How far each round goes from a setting, in places of its lists, and how many it tries at most. */
const ROUNDS = [
  { step: 2, most: 20 },
  { step: 1, most: 20 },
  { step: 1, most: 20 },
];

/** How many runs there are at most. */
export const toMost = ({ coarse }: Space): number =>
  ROUNDS.reduce((sum, { most }) => sum + most, coarse.length);

/**
 * @param toLeaders those worth looking around, the most worth first
 */
export function search(
  space: Space,
  play: (choice: Choice) => Outcome,
  toLeaders: (found: readonly Found[]) => readonly Found[],
): Found[] {
  const found = new Map<string, Found & { point: Point }>();
  // Two points may be the same for an operator: what is idle for long makes no difference to one job.
  const keyOf = (choice: Choice) => JSON.stringify(choice);
  const attempt = (points: readonly Point[], most: number) => {
    let left = most;
    for (const point of points) {
      const choice = space.toChoice(point);
      const key = keyOf(choice);
      if (left === 0) return;
      if (found.has(key)) continue;
      left -= 1;
      found.set(key, { ...play(choice), choice, point });
    }
  };
  attempt(space.coarse, space.coarse.length);
  for (const { step, most } of ROUNDS) {
    const leaders = toLeaders([...found.values()]);
    const around = leaders.map(({ choice }) => {
      const leader = found.get(keyOf(choice));
      return leader ? toNeighbours(leader.point, space, step) : [];
    });
    attempt(takeTurns(around), most);
  }
  return [...found.values()].map(({ point, ...rest }) => rest);
}

/** One place of one list further, in either direction. */
const toNeighbours = (point: Point, { lists }: Space, step: number): Point[] =>
  (Object.keys(lists) as (keyof Space['lists'])[]).flatMap((name) =>
    [-step, step].flatMap((by) => {
      const place = Math.max(0, Math.min(lists[name].length - 1, point[name] + by));
      return place === point[name] ? [] : [{ ...point, [name]: place }];
    }),
  );

/** So that the first leader does not take all of a round. */
const takeTurns = <Item>(lists: readonly (readonly Item[])[]): Item[] =>
  Array.from({ length: Math.max(0, ...lists.map(({ length }) => length)) }, (_, turn) =>
    lists.flatMap((list) => list.slice(turn, turn + 1)),
  ).flat();

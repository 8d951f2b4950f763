import type { Problem } from '../problem';

/** A problem for every entry that is there already; entries that are undefined have a problem of their own. */
export function findRepeated(
  keys: readonly (string | undefined)[],
  toProblem: (key: string, index: number, first: number) => Problem,
): Problem[] {
  return keys.flatMap((key, index) => {
    const first = keys.indexOf(key);
    return key === undefined || first === index ? [] : [toProblem(key, index, first)];
  });
}

/** Below zero when the first is older. Numbers separated by dots, and nothing else. */
export function compareVersions(one: string, other: string): number {
  const [left, right] = [one, other].map((version) => version.split('.').map(Number));
  for (let nth = 0; nth < Math.max(left?.length ?? 0, right?.length ?? 0); nth += 1) {
    const difference = (left?.[nth] ?? 0) - (right?.[nth] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

export interface Newest {
  /** Newest of the major version that is pinned; the pinned one when there is none newer. */
  version: string;
  /** Newest of a later major version, which somebody has to decide about. */
  major?: string;
}

export function chooseNewest(pinned: string, released: readonly string[]): Newest {
  const majorOf = (version: string) => Number(version.split('.')[0]);
  const newest = (versions: string[]) => versions.sort(compareVersions).at(-1);
  const same = newest([pinned, ...released.filter((version) => majorOf(version) === majorOf(pinned))]);
  const later = newest(released.filter((version) => majorOf(version) > majorOf(pinned)));
  return { version: same ?? pinned, ...(later ? { major: later } : {}) };
}

/**
 * Random numbers from a seed. Each purpose has a stream of its own, so that one policy's extra launch does not change
 * what happens to another one's jobs.
 */
export interface Random {
  /** From 0 to 1, without 1. */
  next(): number;
  between(least: number, most: number): number;
  /** True in so many of 1. */
  chance(probability: number): boolean;
  /** Time until the next event of a Poisson process, in the unit of 1 / rate. */
  wait(rate: number): number;
  /** Log-normal, by its median and its 95th percentile. */
  skewed(spread: Spread): number;
  pick<Item>(items: readonly Item[]): Item | undefined;
}

/** A distribution of durations, in seconds. */
export interface Spread {
  median: number;
  p95: number;
}

/** The 95th percentile of the standard normal distribution. */
const Z95 = 1.6448536269514722;

export function createRandom(seed: number, purpose = ''): Random {
  let state = toState(seed, purpose);
  // mulberry32: 32 bits of state, passes what a simulation needs, and is five lines (Tommy Ettinger, public domain).
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return {
    next,
    between: (least, most) => least + (most - least) * next(),
    chance: (probability) => probability > 0 && next() < probability,
    wait: (rate) => (rate > 0 ? -Math.log(1 - next()) / rate : Infinity),
    skewed: ({ median, p95 }) => median * Math.exp((normal() * Math.log(p95 / median)) / Z95),
    pick: (items) => items[Math.floor(next() * items.length)],
  };
}

/** FNV-1a over both. */
function toState(seed: number, purpose: string): number {
  let hash = 0x811c9dc5;
  for (const letter of `${seed}/${purpose}`)
    hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  return hash | 0;
}

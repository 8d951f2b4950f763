/** Waiting instances can be had, and can get work. */
import { type Path, type Problem, show } from '../problem';
import type { Draft } from '../salvage';
import type { WarmConfig } from '../schema';
import { eachFleet, type FleetDraft, lookUp, type Rule, type Subject } from './rule';
import { checkTimeZone } from './time-zone';

type WarmDraft = Draft<WarmConfig> | undefined;

interface Range {
  from: number;
  to: number;
  count: number;
  text: string;
  path: Path;
}

/** The hours of the day that are sound; none when it is a number. */
const toRanges = (warm: WarmDraft, path: Path): Range[] =>
  (typeof warm === 'object' ? (warm.hours ?? []) : []).flatMap((entry, index) => {
    if (entry?.from === undefined || entry.to === undefined) return [];
    const text = `${entry.from} to ${entry.to}`;
    const [from, to] = [Number(entry.from.slice(0, 2)), Number(entry.to.slice(0, 2))];
    return [{ from, to, count: entry.count ?? 0, text, path: [...path, 'warm', 'hours', index] }];
  });

/** Instances that wait when most do. */
const mostWarm = (warm: WarmDraft): number =>
  typeof warm === 'number' ? warm : Math.max(0, ...toRanges(warm, []).map(({ count }) => count));

export const warmFitsMax: Rule = (config) =>
  eachFleet(config, ({ warm, max }, path) => {
    if (max === undefined || warm === undefined) return [];
    const say = (count: number, at: Path, what: string): Problem[] =>
      count > max
        ? [
            {
              path: at,
              wrong: `${what} is ${count}, more than max, which is ${max}`,
              remedy: `lower it to at most ${max}, or raise max`,
            },
          ]
        : [];
    if (typeof warm === 'number') return say(warm, [...path, 'warm'], 'warm');
    return toRanges(warm, path).flatMap(({ count, text, path: at }) =>
      say(count, [...at, 'count'], `warm from ${text}`),
    );
  });

/** Idle instances beyond the plan's concurrency could never get a job. */
export const warmFitsConcurrency: Rule = (config) =>
  Object.keys(config.accounts ?? {}).flatMap((name) => {
    const account = lookUp(config.accounts, name);
    const concurrency = account && 'concurrency' in account ? account.concurrency : undefined;
    const fleets = (config.fleets ?? []).filter((fleet) => fleet?.account === name);
    const warm = leastPeak(fleets.map((fleet) => fleet?.warm));
    if (concurrency === undefined || warm <= concurrency) return [];
    return [
      {
        path: ['accounts', name, 'concurrency'],
        wrong: `the fleets of account ${show(name)} keep ${warm} instances warm, but its plan runs only ${concurrency} jobs at once`,
        remedy: `lower their warm to ${concurrency} in sum, or correct concurrency`,
      },
    ];
  });

/**
 * Instances that certainly wait at the same hour. Hours of different zones move against each other twice a year:
 * of these, only those of one zone are added up, so that nobody is refused for an hour that never comes.
 */
function leastPeak(all: readonly WarmDraft[]): number {
  const always = all.reduce<number>((sum, warm) => sum + (typeof warm === 'number' ? warm : 0), 0);
  const zones = new Set(all.map((warm) => (typeof warm === 'object' ? warm.timeZone : undefined)));
  const peaks = [...zones].map((zone) => {
    const ranges = all.flatMap((warm) =>
      typeof warm === 'object' && warm.timeZone === zone ? toRanges(warm, []) : [],
    );
    const at = (hour: number) =>
      ranges.reduce((sum, { from, to, count }) => sum + (from <= hour && hour < to ? count : 0), 0);
    return Math.max(...Array.from({ length: 24 }, (_, hour) => at(hour)));
  });
  return always + Math.max(0, ...peaks);
}

export const warmZonesAreKnown: Rule = (config) =>
  eachFleet(config, ({ warm }, path) =>
    typeof warm === 'object' ? checkTimeZone(warm.timeZone, [...path, 'warm', 'timeZone']) : [],
  );

export const warmHoursAreSound: Rule = (config) =>
  eachFleet(config, ({ warm }, path) => {
    const ranges = toRanges(warm, path);
    const reversed = ranges.filter(({ from, to }) => to <= from);
    if (reversed.length > 0) {
      return reversed.map(({ path: at, text }) => ({
        path: [...at, 'to'],
        wrong: `${text} ends before it starts`,
        remedy: 'for a night, write two: up to 24:00, and from 00:00 on',
      }));
    }
    const inOrder = ranges.sort((one, other) => one.from - other.from);
    return inOrder.slice(1).flatMap((next, index) => {
      const previous = inOrder[index];
      if (!previous || next.from >= previous.to) return [];
      return [
        {
          path: [...next.path, 'from'],
          wrong: `${next.text} overlaps ${previous.text}`,
          remedy: `start it at ${previous.text.slice(-5)}, or end the other at ${next.text.slice(0, 5)}`,
        },
      ];
    });
  });

/** Instances tell idle ones by their protection from scale-in, which says nothing when all have it. */
export const warmInstancesLookIdle: Rule = (config: Subject) =>
  eachFleet(config, ({ protection, warm }, path) =>
    protection === 'all' && mostWarm(warm) > 0
      ? [
          {
            path: [...path, 'protection'],
            wrong: 'all are protected, so that no instance can tell how many idle ones wait',
            remedy: 'use protection: busy, or warm: 0',
          },
        ]
      : [],
  );

/** AWS stops and starts what a warm pool holds: spot instances it cannot, and of several types it forbids it. */
export const warmPoolsArePossible: Rule = (config: Subject) =>
  eachFleet(config, (fleet, path) => (fleet.warmPool ? checkWarmPool(fleet, path) : []));

function checkWarmPool({ spotPercent, instanceTypes, warmPool, warm, max }: FleetDraft, path: Path) {
  const problems: Problem[] = [];
  if (spotPercent !== undefined && spotPercent > 0) {
    problems.push({
      path: [...path, 'spotPercent'],
      wrong: `${spotPercent} percent are spot instances, which a warm pool cannot hold`,
      remedy: 'set spotPercent: 0, or remove warmPool',
    });
  }
  if (instanceTypes && instanceTypes.length > 1) {
    problems.push({
      path: [...path, 'instanceTypes'],
      wrong: `a warm pool takes one instance type, here are ${instanceTypes.length}`,
      remedy: 'keep the first only, or remove warmPool',
    });
  }
  const room = max === undefined ? undefined : max - mostWarm(warm);
  if (warmPool?.stopped !== undefined && room !== undefined && room >= 0 && warmPool.stopped > room) {
    problems.push({
      path: [...path, 'warmPool', 'stopped'],
      wrong: `${warmPool.stopped} stopped instances could never all start: max is ${max}, of which ${mostWarm(warm)} are warm`,
      remedy: room > 0 ? `use at most ${room}, or raise max` : 'raise max, or remove warmPool',
    });
  }
  return problems;
}

/** An AWS and a CI in memory, in virtual time. Tests replace single functions by worse ones. */
import type { Demand, KnownCapacity } from '../../../lambda/scaler/core/types';
import type { Ports, ReadDemand } from '../../../lambda/scaler/ports';
import { capacityOf, NOW } from './perfect';
import { type VirtualTime, virtualTime } from './virtual-time';

export interface Line {
  level: 'info' | 'warn';
  message: string;
  fields: Record<string, unknown>;
}

export interface World {
  time: VirtualTime;
  /** Groups by name; SetDesiredCapacity changes `desired`. */
  groups: Map<string, KnownCapacity>;
  tags: Map<string, Readonly<Record<string, string>>>;
  /** Jobs by resource class. */
  jobs: Map<string, { queued: number; running: number }>;
  /** Every write, in order. */
  writes: {
    at: number;
    group: string;
    desired?: number;
    tags?: Readonly<Record<string, string>>;
    onDemandPercent?: number;
  }[];
  demandReads: { at: number; resourceClass: string }[];
  lines: Line[];
  metrics: { fleet: string; values: Readonly<Record<string, number>> }[];
}

export const newWorld = (): World => ({
  time: virtualTime(NOW),
  groups: new Map(),
  tags: new Map(),
  jobs: new Map(),
  writes: [],
  demandReads: [],
  lines: [],
  metrics: [],
});

export function portsOf(
  world: World,
  given: Partial<Ports['groups']> & { readDemand?: ReadDemand<'circleci'> } = {},
): Ports {
  const { time, groups, tags, writes } = world;
  const readDemand: ReadDemand<'circleci'> = async ({ queue: { resourceClass } }): Promise<Demand> => {
    world.demandReads.push({ at: time.now() - NOW, resourceClass });
    await time.sleep(100);
    return { kind: 'known', ...(world.jobs.get(resourceClass) ?? { queued: 0, running: 0 }) };
  };
  return {
    now: time.now,
    sleep: time.sleep,
    ci: {
      circleci: given.readDemand ?? readDemand,
      gitlab: async () => ({ kind: 'unknown', problem: 'network', detail: 'there is no GitLab here' }),
      nomad: async () => ({ kind: 'unknown', problem: 'network', detail: 'there is no Nomad here' }),
    },
    groups: {
      read: async (group) => {
        await time.sleep(50);
        const capacity = groups.get(group);
        if (!capacity) return { kind: 'unknown', problem: 'group-missing', detail: group };
        const { onDemandPercent } = capacity;
        return {
          kind: 'known',
          capacity,
          tags: tags.get(group) ?? {},
          ...(onDemandPercent === undefined ? {} : { distribution: distributionOf(onDemandPercent) }),
          readAt: time.now(),
        };
      },
      readLaunches: async () => [],
      setDesired: async (group, desired, before) => {
        if (time.now() > before) return { kind: 'unknown', problem: 'timeout', detail: 'too late' };
        await time.sleep(50);
        writes.push({ at: time.now() - NOW, group, desired });
        groups.set(group, { ...(groups.get(group) ?? capacityOf()), desired });
        return undefined;
      },
      setDistribution: async (group, { OnDemandPercentageAboveBaseCapacity: percent, ...rest }) => {
        expect(distributionOf(Number(percent))).toMatchObject(rest);
        const onDemandPercent = Number(percent);
        writes.push({ at: time.now() - NOW, group, onDemandPercent });
        groups.set(group, { ...(groups.get(group) ?? capacityOf()), onDemandPercent });
        return undefined;
      },
      writeTags: async (group, changed) => {
        writes.push({ at: time.now() - NOW, group, tags: changed });
        tags.set(group, { ...tags.get(group), ...changed });
        return undefined;
      },
      ...given,
    },
    log: {
      info: (message, fields) => world.lines.push({ level: 'info', message, fields }),
      warn: (message, fields) => world.lines.push({ level: 'warn', message, fields }),
    },
    publishMetrics: (fleet, values) => world.metrics.push({ fleet, values }),
  };
}

const distributionOf = (percent: number) => ({
  OnDemandPercentageAboveBaseCapacity: percent,
  SpotAllocationStrategy: 'price-capacity-optimized',
});

/** Milliseconds that a Lambda with a timeout of 70 s that starts now may still run. */
export const remainingOf = (world: World, timeoutMs = 70_000): (() => number) => {
  const end = world.time.now() + timeoutMs;
  return () => end - world.time.now();
};

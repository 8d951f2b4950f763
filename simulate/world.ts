/** What a simulated world is like, beside its jobs. Durations in seconds. */
import type { Spread } from './random';

export interface World {
  seed: number;
  /** From the launch to InService. */
  boot: Spread;
  /** Boots that were measured, seconds, in the order of the launches; the ones after them are drawn. */
  measuredBoots?: readonly number[];
  /** The same for an instance that waited stopped in the warm pool. */
  resume: Spread;
  /** Until an agent that is free looks at the queue: [least, most]. */
  claim: Range;
  /** From the end of a job until the instance has counted itself out. */
  leave: Range;
  /** From then until its terminating hook is completed and it is gone. */
  hook: Range;
  /** Until Auto Scaling begins what is desired. */
  begin: Range;
  /** Until it tries again what could not be launched. */
  relaunch: Range;
  /** Until an instance that died is found and replaced: two failed status checks of a minute each, and the group's own look. */
  healthCheck: Range;
  /** How late scheduled actions fire; AWS allows itself two minutes. */
  scheduleLate: Range;
  /** Until a busy instance is protected from scale-in. */
  protect: Range;
  /** Between a poll's look at the group and its change. */
  change: Range;
  faults: Faults;
}
export type Range = readonly [least: number, most: number];

export interface Faults {
  /** The CI's counts are up to so many seconds old. */
  staleSeconds: number;
  /** Of the reads of the CI, each with one retry inside the poll. */
  readFails: number;
  /** Once a day the CI answers nobody, agents neither. */
  outageMinutes: number;
  /** Of the calls of AWS. */
  awsFails: number;
  /** Once a day AWS throttles so long: nine of ten calls fail. */
  throttledMinutes: number;
  /** Of the launches. */
  launchFails: number;
  /** Of the boots: never ready. */
  bootHangs: number;
  /** Of the agents: in service, and takes no job; the watchdog ends it as idle. */
  agentHangs: number;
  crashesPerHour: number;
  /** Of spot instances. */
  reclaimsPerHour: number;
  /** Invocations of the scaler that die half-way; the process, and what it remembers, is gone. */
  invocationsKilled: number;
  /** Invocations that AWS delivers twice. */
  invocationsTwice: number;
  /** Of the looks at the group: answered with what was so ten seconds ago. */
  groupStale: number;
  /** Changes that take up to so many seconds more on their way. */
  changeDelay: number;
  /** Of the changes: done, and answered with an error. */
  answersLost: number;
  /** Times a day that somebody sets desired to 0. */
  emptiedPerDay: number;
  /** Times a day that Auto Scaling ends an instance of its own choice: refresh, maximum lifetime, rebalancing. */
  chosenPerDay: number;
}

export const NO_FAULTS: Faults = {
  staleSeconds: 0,
  readFails: 0,
  outageMinutes: 0,
  awsFails: 0,
  throttledMinutes: 0,
  launchFails: 0,
  bootHangs: 0,
  agentHangs: 0,
  crashesPerHour: 0,
  reclaimsPerHour: 0,
  invocationsKilled: 0,
  invocationsTwice: 0,
  groupStale: 0,
  changeDelay: 0,
  answersLost: 0,
  emptiedPerDay: 0,
  chosenPerDay: 0,
};

/** A bad week, as the project's promises name it. */
export const USUAL_FAULTS: Faults = {
  ...NO_FAULTS,
  staleSeconds: 5,
  readFails: 0.05,
  outageMinutes: 5,
  awsFails: 0.01,
  launchFails: 0.03,
  bootHangs: 0.01,
  crashesPerHour: 0.01,
};

export const PERFECT_WORLD: World = {
  seed: 1,
  boot: { median: 45, p95: 70 },
  resume: { median: 18, p95: 30 },
  claim: [0.2, 1.5],
  leave: [0.3, 1],
  hook: [1, 3],
  begin: [0.5, 2],
  relaunch: [10, 30],
  healthCheck: [120, 300],
  scheduleLate: [0, 120],
  protect: [0.5, 2],
  change: [0.2, 0.6],
  faults: NO_FAULTS,
};

/** How long the launching hook waits for an instance that says nothing (stacks/fleet/hooks.ts). */
export const LAUNCHING_HEARTBEAT = 180;
/** How long before it is taken a spot instance is told (AWS: two minutes). */
export const SPOT_NOTICE = 120;

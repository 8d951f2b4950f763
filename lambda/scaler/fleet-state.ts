import type { LaunchProblem } from './core/launch-problems';
import type { Memory } from './core/memory';
import type { Problem, Reason } from './core/reasons';
import type { Capacity, Decision, Demand } from './core/types';
import type { FleetSettings } from './settings';

/** What the process keeps of one fleet from poll to poll; all of it can be lost. */
export interface FleetState {
  settings: FleetSettings;
  memory: Memory;
  /** The group's tag is out of date, for it could not be written. */
  unwritten: boolean;
  /** When the scaling activities were last read. */
  launchesReadAt: number;
  firstPolledAt: number | undefined;
  /** The newest failure among these, while it is of this story. */
  failure: LaunchFailure | undefined;
  /** What the CI said last, and when. */
  demand: { at: number; answer: Demand } | undefined;
  /** What the last log line said. */
  logged: string | undefined;
}

export const newFleetState = (settings: FleetSettings): FleetState => ({
  settings,
  memory: {},
  unwritten: false,
  launchesReadAt: -Infinity,
  firstPolledAt: undefined,
  failure: undefined,
  demand: undefined,
  logged: undefined,
});

/** A launch that failed, in AWS's own words. */
export interface LaunchFailure {
  endedAt: number;
  problem: LaunchProblem;
  message: string;
}

/** Something that could not be read or changed, or instances that do not come. */
export interface Trouble {
  reason: Extract<Reason, 'demand-unknown' | 'capacity-unknown' | 'change-failed' | 'launch-failing'>;
  problem: Problem;
  detail: string;
}

/** One poll of one fleet: what it saw, what it decided, and what it could not do. */
export interface Poll {
  demand: Demand;
  capacity: Capacity;
  decision: Decision;
  troubles: readonly Trouble[];
  /** A launch that failed lately, or why all do. */
  failure?: LaunchFailure | undefined;
  /** Until when on-demand instances are bought in the place of spot ones. */
  fallbackUntil?: number | undefined;
  /** How far apart polls are, when the request budget makes it more than the settings say. */
  everyMs?: number | undefined;
}

/** What a run is made of: samples of the fleets once a second, the events of the groups, the jobs at the end. */

export interface FleetSample {
  fleet: string;
  queued: number;
  running: number;
  desired: number;
  /** Instances by what they do; terminating ones come on top of desired. */
  pending: number;
  inService: number;
  terminating: number;
}

export interface Sample {
  /** Seconds since the first job was enqueued. */
  at: number;
  fleets: FleetSample[];
}

export interface JobRecord {
  id: string;
  name: string;
  /** The fleet that it is meant for. */
  fleet: string;
  state: 'queued' | 'running' | 'succeeded' | 'failed' | 'lost';
  /** Seconds since the first job was enqueued, or null. */
  queuedAt: number;
  startedAt: number | null;
  finishedAt: number | null;
  runner: string | null;
  runs: number;
  exitCode: number | null;
  /** Why it failed, when that was not its own doing. */
  reason: string | null;
  logFile: string | null;
}

export interface GroupEvent {
  at: number;
  group: string;
  instanceId: string | null;
  event: string;
  detail: unknown;
}

/** A line of the scaler's log: a decision with its reason. */
export interface DecisionRecord {
  at: number;
  fleet: string;
  decision: string;
  reason: string;
  from: number | null;
  to: number | null;
}

export interface RunRecord {
  /** `serves`: what the CI calls its queue. */
  fleets: { name: string; group: string; serves: string; max: number; idleSeconds: number }[];
  samples: Sample[];
  events: GroupEvent[];
  jobs: JobRecord[];
  decisions: DecisionRecord[];
  /** What was found after everything was taken down: instances, processes, mounts, resources in the state. */
  leftovers: string[];
  /** Seconds that each step of the run took. */
  steps: { title: string; seconds: number }[];
}

/** What a run asks of the stand-in of a CI, whichever it is. */
import type { FleetConfig } from '../../../config/schema';
import type { JobRecord } from '../record';

export interface FleetTokens {
  fleet: FleetConfig;
  runnerToken: string;
  /** Of the fleet's account. */
  apiToken: string;
  /** What GitLab lets that token do. Default: read the API. */
  scopes?: string[];
  /** Where the CI posts its job events, and the secret that they carry. */
  webhook?: { url: string; secret: string };
}

export interface Task {
  name: string;
  seconds: number;
  command: string | null;
}

/** Times as the stand-ins tell them: ISO 8601. */
export type CiJob = Omit<JobRecord, 'fleet' | 'queuedAt' | 'startedAt' | 'finishedAt'> & {
  queuedAt: string;
  startedAt: string | null;
  finishedAt: string | null;
  fleet: string | undefined;
};

export interface LocalCi {
  /** A runner token as this CI makes them. */
  newRunnerToken(random: string): string;
  /** Tells the CI which fleets there are. */
  publish(tokens: FleetTokens[]): Promise<void>;
  enqueue(fleet: FleetConfig, tasks: Task[]): Promise<void>;
  /** All jobs, each with the fleet that it is meant for. */
  readJobs(): Promise<CiJob[]>;
  /** What the fleets have left in the CI: such as runners that nobody unregistered. */
  readLeftovers(): Promise<string[]>;
}

/** What the stand-in CircleCI knows besides its jobs: classes and their tokens, agents, and faults to play. */
import type { Outage } from '../outage';
import type { JobQueue } from './jobs';

export interface ResourceClass {
  /** Claims jobs of this class, and nothing else. */
  runnerToken: string;
  /** Reads the counts. */
  apiToken: string;
}

export interface ClassOutage extends Outage {
  /** Null: all classes. */
  resourceClass: string | null;
}

export interface AgentSeen {
  name: string;
  version: string;
  resourceClass: string;
  firstContact: string;
  lastContact: string;
  ip: string;
}

export interface CiState {
  queue: JobQueue;
  classes: Map<string, ResourceClass>;
  outage: ClassOutage | null;
  agents: Map<string, AgentSeen>;
  /** Names of agents that are not in the list of runners, however often they ask for work. */
  forgotten: Set<string>;
  /** Folder of the job logs, one file a job. */
  logDir: string;
  now: () => number;
}

export const classOfRunnerToken = (state: CiState, token: string | undefined): string | null => {
  for (const [name, { runnerToken }] of state.classes) if (token && token === runnerToken) return name;
  return null;
};

/** What the stand-in CircleCI knows besides its jobs: classes and their tokens, agents, and faults to play. */
import type { JobQueue } from './jobs';

export interface ResourceClass {
  /** Claims jobs of this class, and nothing else. */
  runnerToken: string;
  /** Reads the counts. */
  apiToken: string;
}

export interface Outage {
  /** A status to answer with, or `hang`: take the request and never answer. */
  status: number | 'hang';
  /** Only requests whose path starts with this; null: the runner API and the agents' endpoints alike. */
  path: string | null;
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
  outage: Outage | null;
  agents: Map<string, AgentSeen>;
  /** Folder of the job logs, one file a job. */
  logDir: string;
  now: () => number;
}

export const classOfRunnerToken = (state: CiState, token: string | undefined): string | null => {
  for (const [name, { runnerToken }] of state.classes) if (token && token === runnerToken) return name;
  return null;
};

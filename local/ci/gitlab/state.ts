/** What the stand-in GitLab knows: projects, runners and their managers, tokens of users, and faults to play. */
import type { JobQueue, JobRecord } from '../job-queue';
import type { Outage } from '../outage';

export interface Project {
  id: number;
  /** With its namespace: `acme/app`. */
  path: string;
  archived: boolean;
  /** Names or patterns with `*`. */
  protectedBranches: string[];
  protectedTags: string[];
}

export type AccessLevel = 'not_protected' | 'ref_protected';

export interface Runner {
  id: number;
  token: string;
  description: string;
  tags: string[];
  runUntagged: boolean;
  accessLevel: AccessLevel;
  paused: boolean;
  /** Paths of the projects it serves. */
  projects: string[];
  /** Paths of groups: it serves every project below them. */
  groups: string[];
}

/** One machine that uses a runner's token. */
export interface Manager {
  id: number;
  runnerId: number;
  systemId: string;
  version: string;
  ip: string;
  createdAt: number;
  contactedAt: number;
}

export interface UserToken {
  token: string;
  scopes: string[];
}

export interface Webhook {
  url: string;
  secret: string;
}

export interface GitlabJob extends JobRecord {
  /** Path of the project. */
  project: string;
  ref: string;
  /** Whether the ref is a tag. */
  isTag: boolean;
  tags: string[];
  image: string | null;
  runnerId: number | null;
  /** Of the manager that runs it. */
  systemId: string | null;
}

export interface GitlabState {
  queue: JobQueue<GitlabJob>;
  projects: Map<string, Project>;
  /** Groups by path, the number is their id; those of projects are there too. */
  groups: Map<string, number>;
  runners: Map<number, Runner>;
  managers: Manager[];
  tokens: Map<string, UserToken>;
  /** Requests that a user's token has in a minute; null: no limit. */
  requestsPerMinute: number | null;
  webhooks: Map<string, Webhook>;
  outage: Outage | null;
  /** Jobs whose end was said once before the whole log was there. */
  incomplete: Set<string>;
  /** Last id given: jobs, managers, projects and groups share one row of numbers. */
  lastId: number;
  /** Folder of the job logs, one file a job. */
  logDir: string;
  now: () => number;
}

export const nextId = (state: GitlabState): number => {
  state.lastId += 1;
  return state.lastId;
};

export const runnerOfToken = (state: GitlabState, token: unknown): Runner | null =>
  [...state.runners.values()].find((runner) => runner.token === token) ?? null;

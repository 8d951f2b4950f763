/** What the stand-in GitHub knows: an App and its installations, tokens, runners, workflow jobs, and faults to play. */
import type { KeyObject } from 'node:crypto';
import type { JobQueue, JobRecord } from '../job-queue';
import type { Outage } from '../outage';
import type { Bell } from './bell';
import type { Fault } from './faults';

export type Permissions = Record<string, 'read' | 'write'>;

export interface Repository {
  /** owner/name as GitHub shows it; requests may write it in any case. */
  name: string;
  ids: { owner: number; repository: number };
  /** Subjects of its tokens are OWNER@ID/NAME@ID: as of repositories made or renamed since 2026-07-15. */
  immutableSubject: boolean;
}

export interface Installation {
  id: number;
  repositories: string[];
  permissions: Permissions;
  isSuspended: boolean;
}

/** What a bearer may do. */
export interface Token {
  token: string;
  kind: 'installation' | 'workflow' | 'fine-grained';
  repositories: string[];
  permissions: Permissions;
  /** Milliseconds; null: never. */
  expiresAt: number | null;
}

export interface Runner {
  id: number;
  name: string;
  repository: string;
  labels: string[];
  /** What its configuration carries as its credentials. */
  secret: string;
  session: string | null;
  /** Null until it was there once. */
  version: string | null;
  /** Polls that wait for an answer: while there are any, it is there. */
  polls: number;
  heardAt: number;
}

export type Conclusion = 'success' | 'failure' | 'cancelled';

export interface Step {
  name: string;
  status: 'queued' | 'in_progress' | 'completed';
  conclusion: Conclusion | 'skipped' | null;
}

export interface GithubJob extends JobRecord {
  repository: string;
  runId: number;
  /** Of `runs-on`: a runner needs them all. */
  labels: string[];
  /** It runs at GitHub, that is in the workflow stand-in. */
  isHosted: boolean;
  runnerId: number | null;
  steps: Step[];
  conclusion: Conclusion | null;
  cancel: 'no' | 'asked' | 'told';
}

/** What the tokens of one hosted job say of it. */
export interface Identity {
  repository: string;
  runId: number;
  event: string;
  /** refs/heads/…, refs/tags/… or refs/pull/…/merge */
  ref: string;
  environment: string | null;
}

export interface GithubState {
  /** As machines reach it. */
  url: string;
  app: { id: number; clientId: string; privateKey: string; publicKey: KeyObject };
  oidc: { issuer: string; keyId: string; privateKey: KeyObject; publicKey: KeyObject };
  repositories: Map<string, Repository>;
  installations: Installation[];
  tokens: Map<string, Token>;
  /** By the bearer that asks for an OpenID Connect token. */
  identities: Map<string, Identity>;
  runners: Map<number, Runner>;
  queue: JobQueue<GithubJob>;
  /** Rung when a runner that waits should look again. */
  bell: Bell;
  outage: Outage | null;
  faults: Fault[];
  requestsPerHour: number;
  tokenMinutes: number;
  /** Seconds for which `busy` still reads false after a job began: GitHub's own may, for a minute or more. */
  busyLagSeconds: number;
  /** Runners below it are told to go. */
  minimumVersion: string | null;
  lostSeconds: number;
  lastId: number;
  /** Folder of the job logs, one file a job. */
  logDir: string;
  now: () => number;
}

export const nextId = (state: GithubState): number => {
  state.lastId += 1;
  return state.lastId;
};

export const repositoryOf = (state: GithubState, name: string): Repository | null =>
  state.repositories.get(name.toLowerCase()) ?? null;

export const runningJobOf = (state: GithubState, runner: Runner): GithubJob | null =>
  state.queue.jobs.find(({ runnerId, state: at }) => runnerId === runner.id && at === 'running') ?? null;

export const isOnline = (state: GithubState, runner: Runner): boolean =>
  runner.session !== null && (runner.polls > 0 || state.now() - runner.heardAt <= state.lostSeconds * 1000);

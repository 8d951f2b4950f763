/** Plays the people and the faults of the stand-in GitHub, and looks at what is left there. */
import type { Fault } from '../../ci/github/faults';
import type { NewRun, StartedRun } from '../../ci/github/runs-api';
import type { Setup } from '../../ci/github/setup';
import type { Conclusion, GithubJob, Step, Token } from '../../ci/github/state';
import type { Outage } from '../../ci/outage';
import { ask } from './ask';

/** A registration, as anybody with the permission sees it. */
export interface GithubRunner {
  id: number;
  name: string;
  repository: string;
  status: 'online' | 'offline';
  busy: boolean;
  labels: string[];
}

export type NewJob = Pick<GithubJob, 'repository' | 'labels'> &
  Partial<Pick<GithubJob, 'name' | 'seconds' | 'command' | 'runId'>>;

export type NewFault = Pick<Fault, 'path' | 'status'> & Partial<Fault>;

export interface LocalGithub {
  url: string;
  setUp(setup: Setup): Promise<void>;
  /** As `ACCOUNT` of a secret takes it: JSON with appId and privateKey. */
  readApp(): Promise<{ appId: string; clientId: string; privateKey: string }>;
  /** Their ids. */
  queue(...jobs: NewJob[]): Promise<string[]>;
  readJobs(): Promise<GithubJob[]>;
  readJob(id: string): Promise<GithubJob>;
  /** A queued job ends at once, a running one when its runner says so. */
  cancel(jobId: string): Promise<void>;
  readRunners(): Promise<GithubRunner[]>;
  /** What the runners of Muster have left: registrations. */
  readLeftovers(): Promise<string[]>;
  /** The requests that go wrong from now on, in place of those told before. */
  playFaults(...faults: NewFault[]): Promise<void>;
  /** Those that no request has met yet. */
  readFaults(): Promise<Fault[]>;
  playOutage(outage: Partial<Outage> | null): Promise<void>;
  /** How many tokens are good no more. */
  revoke(which: { kind: Token['kind'] } | { token: string }): Promise<number>;
  /** For the workflow stand-in: a run whose first job is a hosted one. */
  startRun(run: NewRun): Promise<StartedRun>;
  updateHosted(run: StartedRun, said: { steps: Step[]; conclusion?: Conclusion }): Promise<void>;
}

export function makeLocalGithub(url: string): LocalGithub {
  const admin = <T>(path: string, method?: string, body?: unknown) =>
    ask(`${url}/_local/${path}`, method, body) as Promise<T>;
  const readJobs = () => admin<GithubJob[]>('jobs');
  const readRunners = () => admin<GithubRunner[]>('runners');
  return {
    url,
    setUp: (setup) => admin('setup', 'PUT', setup),
    readApp: () => admin('app'),
    queue: (...jobs) => admin('jobs', 'POST', jobs),
    readJobs,
    async readJob(id) {
      const found = (await readJobs()).find((job) => job.id === id);
      if (!found) throw new Error(`The stand-in GitHub has no job ${id}.`);
      return found;
    },
    cancel: (jobId) => admin(`jobs/${jobId}/cancel`, 'POST'),
    readRunners,
    readLeftovers: async () =>
      (await readRunners()).map(({ name, status }) => `at GitHub: runner ${name}, which is ${status}`),
    playFaults: (...faults) => admin('faults', 'PUT', faults),
    readFaults: () => admin('faults'),
    playOutage: (outage) => admin('outage', 'PUT', outage ?? { status: null }),
    revoke: (which) => admin('revoked', 'PUT', which),
    startRun: (run) => admin('runs', 'POST', run),
    updateHosted: ({ jobId, token, idTokenBearer }, said) =>
      admin(`jobs/${jobId}`, 'PUT', { ...said, token, idTokenBearer }),
  };
}

/** The part of GitHub's REST API that starting and removing self-hosted runners takes. */
import type { Clock } from '../clock/clock';

export interface Runner {
  id: number;
  name: string;
  status: 'online' | 'offline';
  /** May read false for a minute after a job has begun: only `removeRunner` tells for certain. */
  busy: boolean;
  labels: string[];
}

export interface MintedRunner {
  id: number;
  /** A secret: who has it can be the runner. Useless once the runner has started, or is removed. */
  encodedJitConfig: string;
}

export interface NewRunner {
  name: string;
  labels: readonly string[];
  /** 1, the group that every repository has, unless told otherwise. */
  runnerGroupId?: number;
}

/** `repository` is owner/name. Every method throws a GithubError, and nothing else. */
export interface Github {
  /** Asks for a just-in-time runner. Repeated after a lost answer, it takes the place of what that one made. */
  mintRunner(repository: string, runner: NewRunner): Promise<MintedRunner>;
  /** The runner of that name, or null. */
  findRunner(repository: string, name: string): Promise<Runner | null>;
  /** The runner of that id, or null. */
  readRunner(repository: string, id: number): Promise<Runner | null>;
  /** All of them, of all pages. */
  listRunners(repository: string): Promise<Runner[]>;
  /** The one arbiter of whether a runner has a job: who is `busy` has one, and stays. */
  removeRunner(repository: string, id: number): Promise<'removed' | 'busy' | 'gone'>;
}

export type GithubCredentials =
  | { kind: 'app'; appId: string; privateKey: string }
  | { kind: 'token'; token: string };

export interface GithubOptions {
  /** https://api.github.com. */
  baseUrl: string;
  credentials: GithubCredentials;
  clock: Clock;
  fetch: typeof fetch;
  /** Ends asking and waiting; what is asked afterwards is refused. */
  signal?: AbortSignal;
  /** Longest that one request may take. */
  timeoutMs?: number;
  /** Longest that one method may take, with all that it repeats. */
  budgetMs?: number;
  /** Hears of attempts that failed and are repeated. */
  say?: (line: string) => void;
}

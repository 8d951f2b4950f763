/** What the scaler needs of the world. The entry makes the real ones, tests and benchmarks their own. */
import type { Clock } from '../../clock/clock';
import type { Demand, KnownCapacity, Launch, Unknown } from './core/types';
import type { AccountSettings, Queue } from './settings';

export type Ci = AccountSettings['ci'];

/** One poll of the fleets of an account, which share what they read. */
export interface Round {
  /** Fleets that read in it. */
  fleets: number;
  /** Requests that were made so far; whoever makes one counts it. */
  requests: number;
  /** Requests that may be made; absent: no limit. */
  readonly most?: number;
}

export interface Asked<C extends Ci> {
  account: Extract<AccountSettings, { ci: C }>;
  queue: Extract<Queue, { ci: C }>;
  /** Jobs that the fleet could take at its largest: whoever has counted more may stop. */
  enough: number;
  round: Round;
}

/** One CI system. Reads running, then queued: never throws, and answers `unknown` soon after `signal` aborts. */
export type ReadDemand<C extends Ci> = (asked: Asked<C>, signal: AbortSignal) => Promise<Demand>;

export type Token = { kind: 'token'; value: string } | Unknown;

export interface Tokens {
  read(secret: string): Promise<Token>;
  /** After the CI refused `refused`: reads the secret again, unless that was done lately. */
  renew(secret: string, refused: string): Promise<Token>;
}

/** How a group with a mixed-instances policy buys, in AWS's own names. */
export type Distribution = Readonly<Record<string, string | number>>;

export type Group =
  | {
      kind: 'known';
      capacity: KnownCapacity;
      tags: Readonly<Record<string, string>>;
      distribution?: Distribution;
      readAt: number;
    }
  | Unknown;

/** Auto Scaling groups. Nothing here throws; the writes answer what went wrong, or undefined. */
export interface Groups {
  read(group: string): Promise<Group>;
  readLaunches(group: string): Promise<Launch[] | Unknown>;
  /** Not begun after `before`: desired is absolute, and would undo what others did since it was read. */
  setDesired(group: string, desired: number, before: number): Promise<Unknown | undefined>;
  /** The whole of it, changed: whether AWS keeps what is left out of such a change is not documented. */
  setDistribution(group: string, distribution: Distribution): Promise<Unknown | undefined>;
  writeTags(group: string, tags: Readonly<Record<string, string>>): Promise<Unknown | undefined>;
}

export interface Log {
  info(message: string, fields: Record<string, unknown>): void;
  warn(message: string, fields: Record<string, unknown>): void;
}

/** One set of metrics of one fleet: names of settings.ts METRICS. */
export type PublishMetrics = (fleet: string, values: Readonly<Record<string, number>>) => void;

export interface Ports extends Clock {
  ci: { readonly [C in Ci]: ReadDemand<C> };
  groups: Groups;
  log: Log;
  publishMetrics: PublishMetrics;
}

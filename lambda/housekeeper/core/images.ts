/** What is known of the AMIs of one image, and what becomes of them. Data only. */

export interface Ami {
  id: string;
  region: string;
  name: string;
  /** As EC2 calls it: available, pending, failed, … */
  state: string;
  /** Milliseconds since 1970; absent when EC2 did not tell. */
  createdAt?: number;
  tags: Readonly<Record<string, string>>;
  snapshots: readonly string[];
}

export interface Snapshot {
  id: string;
  region: string;
  state: string;
  startedAt?: number;
  tags: Readonly<Record<string, string>>;
}

/** Why an AMI stays. */
export type KeepReason =
  | 'promoted'
  | 'promoted-before'
  | 'launch-template'
  | 'instance'
  | 'shared'
  | 'newest'
  | 'young'
  | 'unfinished'
  | 'undated'
  | 'copy-of-kept'
  | 'unknown';

export interface Why {
  reason: KeepReason;
  /** What refers to it: a template and its version, an instance, an account. */
  detail?: string;
}

export interface Reference extends Why {
  amiId: string;
}

export interface Inventory {
  environment: string;
  image: string;
  /** Every AMI of the account, others' too: they may share a snapshot with ours. */
  amis: readonly Ami[];
  /** Snapshots that carry our tags. */
  snapshots: readonly Snapshot[];
  /** What needs an AMI, whoever's it is. */
  references: readonly Reference[];
  /** What could not be read. Unknown is not unused: nothing is removed then. */
  unread: readonly string[];
}

export interface Kept {
  ami: Ami;
  why: readonly Why[];
}

export interface Removal {
  ami: Ami;
  /** Its snapshots that no other AMI needs. */
  snapshots: readonly string[];
}

export interface Choice {
  keep: readonly Kept[];
  remove: readonly Removal[];
  /** Snapshots that an earlier removal left behind. */
  orphans: readonly Snapshot[];
}

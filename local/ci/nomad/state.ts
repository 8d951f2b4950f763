/** What the stand-in Nomad knows: nodes, jobs with one allocation each, ACL tokens, and faults to play. */
import type { JobRecord } from '../job-queue';
import type { Outage } from '../outage';

export interface NomadNode {
  id: string;
  /** The instance. */
  name: string;
  datacenter: string;
  nodePool: string;
  nodeClass: string;
  /** MB that allocations may have. */
  memory: number;
  status: 'ready' | 'down';
  eligibility: 'eligible' | 'ineligible';
  drain: Drain | null;
  heardAt: number;
}

export interface Drain {
  /** When what still runs is ended; null: never. */
  deadlineAt: number | null;
  ignoreSystem: boolean;
}

export type ClientStatus = 'pending' | 'running' | 'complete' | 'failed' | 'lost';

export interface Allocation {
  id: string;
  jobId: string;
  nodeId: string;
  desired: 'run' | 'stop';
  client: ClientStatus;
}

/** One allocation at a time: when it is lost or stopped by a drain, the next is placed. */
export interface NomadJob extends JobRecord {
  namespace: string;
  type: 'batch' | 'service' | 'system';
  datacenters: string[];
  nodePool: string;
  /** MB. */
  memory: number;
}

export interface AclToken {
  token: string;
  node: 'read' | 'write' | 'deny';
  /** Namespaces; `*` is all. */
  readJob: string[];
}

export interface NomadState {
  jobs: NomadJob[];
  allocations: Allocation[];
  nodes: Map<string, NomadNode>;
  pools: Set<string>;
  namespaces: Set<string>;
  tokens: Map<string, AclToken>;
  outage: Outage | null;
  /** Drains are taken, and leave the node as eligible as it was: what a check must find. */
  stayEligible: boolean;
  /** Folder of the job logs, one file a job. */
  logDir: string;
  now: () => number;
}

export const isLive = ({ client }: Allocation) => client === 'pending' || client === 'running';

export const liveOn = ({ allocations }: NomadState, node: NomadNode): Allocation[] =>
  allocations.filter((allocation) => allocation.nodeId === node.id && isLive(allocation));

export const jobOf = ({ jobs }: NomadState, id: string): NomadJob => {
  const job = jobs.find((one) => one.id === id);
  if (!job) throw new Error(`no job ${id}`);
  return job;
};

import { matches } from '../wildcard';
import type { Job } from './shapes';

/** Jobs of these types run where there is room; `system` and `sysbatch` run on every node, and launch none. */
const PLACED = new Set(['batch', 'service']);

/**
 * Allocations that wait for a node of this pool and datacenter. Nomad's summary of a job is what the scheduler could not
 * place, less what it placed since: the blocked evaluation itself keeps the number that it began with.
 */
export function countQueued(jobs: readonly Job[], where: { datacenter: string; nodePool: string }): number {
  return jobs
    .filter(({ Type, Stop }) => PLACED.has(Type) && !Stop)
    .filter(({ NodePool }) => NodePool === where.nodePool || NodePool === 'all')
    .filter(({ Datacenters }) => (Datacenters ?? []).some((pattern) => matches(pattern, where.datacenter)))
    .flatMap(({ JobSummary }) => Object.values(JobSummary?.Summary ?? {}))
    .reduce((sum, { Queued }) => sum + Queued, 0);
}

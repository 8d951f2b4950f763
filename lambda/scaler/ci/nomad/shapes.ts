/** What the adapter needs of Nomad's documented answers; everything else in them is ignored. */
import * as z from 'zod/mini';

const count = z.number().check(z.int(), z.gte(0));

const summary = z.object({
  /** Allocations that the scheduler could not place, by task group. */
  Queued: count,
});

const job = z.object({
  ID: z.string(),
  Type: z.string(),
  Datacenters: z.nullable(z.array(z.string())),
  NodePool: z.string(),
  Stop: z.boolean(),
  /** Missing until the scheduler has looked at the job once. */
  JobSummary: z.optional(z.nullable(z.object({ Summary: z.nullable(z.record(z.string(), summary)) }))),
});

const node = z.object({ ID: z.string(), Datacenter: z.string(), NodePool: z.string() });

const allocation = z.object({
  NodeID: z.string(),
  JobType: z.string(),
  ClientStatus: z.string(),
});

export const SHAPES = {
  jobs: z.array(job),
  nodes: z.array(node),
  allocations: z.array(allocation),
};

export type Job = z.infer<typeof job>;
export type Node = z.infer<typeof node>;
export type Allocation = z.infer<typeof allocation>;

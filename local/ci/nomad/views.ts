/** Jobs, nodes and allocations as Nomad's HTTP API shows them. */
import { type Allocation, jobOf, type NomadJob, type NomadNode, type NomadState } from './state';

const STATUS: Record<NomadJob['state'], string> = {
  queued: 'pending',
  running: 'running',
  succeeded: 'dead',
  failed: 'dead',
  lost: 'dead',
};

export function viewJob(state: NomadState, job: NomadJob): Record<string, unknown> {
  const of = state.allocations.filter(({ jobId }) => jobId === job.id);
  const count = (client: Allocation['client']) => of.filter((one) => one.client === client).length;
  return {
    ID: job.id,
    Name: job.name,
    Namespace: job.namespace,
    Type: job.type,
    Datacenters: job.datacenters,
    NodePool: job.nodePool,
    Stop: false,
    Status: STATUS[job.state],
    JobSummary: {
      JobID: job.id,
      Summary: {
        main: {
          Queued: job.state === 'queued' ? 1 : 0,
          Starting: count('pending'),
          Running: count('running'),
          Complete: count('complete'),
          Failed: count('failed'),
          Lost: count('lost'),
        },
      },
    },
  };
}

export const viewNode = (node: NomadNode): Record<string, unknown> => ({
  ID: node.id,
  Name: node.name,
  Datacenter: node.datacenter,
  NodePool: node.nodePool,
  NodeClass: node.nodeClass,
  Drain: node.drain !== null,
  DrainStrategy: node.drain && {
    IgnoreSystemJobs: node.drain.ignoreSystem,
    ForceDeadline: node.drain.deadlineAt && new Date(node.drain.deadlineAt).toISOString(),
  },
  SchedulingEligibility: node.eligibility,
  Status: node.status,
  Meta: { muster_instance: node.name },
});

export function viewAllocation(state: NomadState, allocation: Allocation): Record<string, unknown> {
  const job = jobOf(state, allocation.jobId);
  return {
    ID: allocation.id,
    Namespace: job.namespace,
    NodeID: allocation.nodeId,
    NodeName: state.nodes.get(allocation.nodeId)?.name ?? '',
    JobID: job.id,
    JobType: job.type,
    Job: { ID: job.id, Type: job.type },
    TaskGroup: 'main',
    DesiredStatus: allocation.desired,
    ClientStatus: allocation.client,
  };
}

/** What stays blocked because no node takes it: one for each job. */
export const viewEvaluations = (state: NomadState): Record<string, unknown>[] =>
  state.jobs
    .filter((job) => job.state === 'queued' && job.type !== 'system')
    .map((job) => ({
      ID: job.id,
      Namespace: job.namespace,
      JobID: job.id,
      Type: job.type,
      Status: 'blocked',
      TriggeredBy: 'queued-allocs',
      FailedTGAllocs: { main: { NodePool: job.nodePool, CoalescedFailures: 0 } },
    }));

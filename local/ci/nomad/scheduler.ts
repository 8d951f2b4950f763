/** Places, drains and loses allocations, as far as a fleet can see it. Called whenever something may have changed. */
import { randomUUID } from 'node:crypto';
import { matches } from '../../../lambda/scaler/ci/wildcard';
import { isLive, jobOf, liveOn, type NomadJob, type NomadNode, type NomadState } from './state';

const iso = (now: number) => new Date(now).toISOString();

/** @param lostSeconds silence after which a client is down, and what ran on it is lost: its TTL and heartbeat_grace */
export function schedule(state: NomadState, lostSeconds: number): void {
  const now = state.now();
  for (const node of state.nodes.values()) {
    if (node.status === 'ready' && now - node.heardAt > lostSeconds * 1000) lose(state, node);
    if (node.drain) drain(state, node, now);
  }
  for (const job of state.jobs) if (job.state === 'queued') place(state, job, now);
}

function lose(state: NomadState, node: NomadNode): void {
  node.status = 'down';
  for (const allocation of liveOn(state, node)) {
    allocation.client = 'lost';
    requeue(jobOf(state, allocation.jobId), 'lost');
  }
}

/** Batch allocations are waited for, others are moved; at the deadline all are stopped. System jobs last. */
function drain(state: NomadState, node: NomadNode, now: number): void {
  const { deadlineAt, ignoreSystem } = node.drain ?? { deadlineAt: null, ignoreSystem: false };
  const isOver = deadlineAt !== null && now >= deadlineAt;
  const live = liveOn(state, node).map((allocation) => ({ allocation, job: jobOf(state, allocation.jobId) }));
  const own = live.filter(({ job }) => job.type !== 'system');
  for (const { allocation, job } of own) if (isOver || job.type === 'service') allocation.desired = 'stop';
  const system = ignoreSystem ? [] : live.filter(({ job }) => job.type === 'system');
  if (own.length === 0) for (const { allocation } of system) allocation.desired = 'stop';
  if (own.length + system.length === 0) node.drain = null;
}

function place(state: NomadState, job: NomadJob, now: number): void {
  const node = [...state.nodes.values()].find(
    (one) =>
      one.status === 'ready' &&
      one.eligibility === 'eligible' &&
      !one.drain &&
      one.nodePool === job.nodePool &&
      job.datacenters.some((pattern) => matches(pattern, one.datacenter)) &&
      freeOn(state, one) >= job.memory,
  );
  if (!node) return;
  state.allocations.push({
    id: randomUUID(),
    jobId: job.id,
    nodeId: node.id,
    desired: 'run',
    client: 'pending',
  });
  Object.assign(job, { state: 'running', runner: node.name, startedAt: iso(now), runs: job.runs + 1 });
}

const freeOn = (state: NomadState, node: NomadNode): number =>
  liveOn(state, node).reduce((free, { jobId }) => free - jobOf(state, jobId).memory, node.memory);

/** What a client says of an allocation. The first end is the last. */
export function report(
  state: NomadState,
  id: string,
  said: { client: 'running' | 'complete' | 'failed'; exitCode: number | null },
): void {
  const allocation = state.allocations.find((one) => one.id === id);
  if (!allocation || !isLive(allocation)) return;
  allocation.client = said.client;
  if (said.client === 'running') return;
  const job = jobOf(state, allocation.jobId);
  // Stopped, not ended: Nomad places another.
  if (allocation.desired === 'stop' && job.type !== 'system') {
    requeue(job, 'drained');
    return;
  }
  Object.assign(job, {
    state: said.client === 'complete' ? 'succeeded' : 'failed',
    exitCode: said.exitCode,
    finishedAt: iso(state.now()),
  });
}

function requeue(job: NomadJob, reason: string): void {
  Object.assign(job, { state: 'queued', reason, runner: null });
}

/** What `make local` and the tests use to play the people and the faults of a Nomad. No token: loopback only. */
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jsonBody, type Route } from '../../cloud/http-service';
import { toQueued, toWork } from '../job-queue';
import { toOutage } from '../outage';
import { schedule } from './scheduler';
import type { AclToken, NomadJob, NomadState } from './state';

interface Setup {
  pools?: string[];
  namespaces?: string[];
  tokens?: AclToken[];
  stayEligible?: boolean;
}

function toJob(state: NomadState, value: Record<string, unknown>): NomadJob {
  const id = randomUUID();
  const { namespace, type, datacenters, nodePool, memory } = value;
  const logFile = join(state.logDir, `${id}.log`);
  writeFileSync(logFile, '');
  return {
    ...toWork(id, value),
    namespace: typeof namespace === 'string' ? namespace : 'default',
    type: type === 'service' || type === 'system' ? type : 'batch',
    datacenters: Array.isArray(datacenters) ? datacenters.map(String) : ['dc1'],
    nodePool: typeof nodePool === 'string' ? nodePool : 'default',
    memory: typeof memory === 'number' ? memory : 1000,
    ...toQueued(state.now()),
    logFile,
  };
}

export function adminRoutes(state: NomadState, lostSeconds: number): Route[] {
  return [
    [
      'PUT',
      /^\/_local\/setup$/,
      (request) => {
        const { pools = [], namespaces = [], tokens = [], stayEligible } = jsonBody(request) as Setup;
        for (const pool of pools) state.pools.add(pool);
        for (const namespace of namespaces) state.namespaces.add(namespace);
        for (const token of tokens) state.tokens.set(token.token, token);
        if (stayEligible !== undefined) state.stayEligible = stayEligible;
        return { status: 204 };
      },
    ],
    [
      'POST',
      /^\/_local\/jobs$/,
      (request) => {
        const jobs = (jsonBody(request) as unknown as Record<string, unknown>[]).map((job) =>
          toJob(state, job),
        );
        state.jobs.push(...jobs);
        schedule(state, lostSeconds);
        return { status: 201, body: jobs.map(({ id }) => id) };
      },
    ],
    ['GET', /^\/_local\/jobs$/, () => ({ status: 200, body: state.jobs })],
    ['GET', /^\/_local\/nodes$/, () => ({ status: 200, body: [...state.nodes.values()] })],
    ['GET', /^\/_local\/allocations$/, () => ({ status: 200, body: state.allocations })],
    [
      'PUT',
      /^\/_local\/outage$/,
      (request) => {
        state.outage = toOutage(jsonBody(request));
        return { status: 204 };
      },
    ],
  ];
}

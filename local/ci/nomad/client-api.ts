/**
 * What the stand-in client asks its servers. The real one speaks RPC (MessagePack over mutual TLS, port 4647); this is HTTP,
 * on the port of the API, without a handshake: certificates are looked at by the client alone.
 */
import { appendFileSync } from 'node:fs';
import { jsonBody, RequestError, type Route } from '../../cloud/http-service';
import { report, schedule } from './scheduler';
import { jobOf, liveOn, type NomadNode, type NomadState } from './state';

interface Said {
  id: string;
  client: 'running' | 'complete' | 'failed';
  exitCode: number | null;
  /** What it wrote since the last time. */
  output?: string;
}

export function clientRoutes(state: NomadState, lostSeconds: number): Route[] {
  return [
    [
      'POST',
      /^\/_client\/sync$/,
      (request) => {
        const { node: sent, allocations } = jsonBody(request) as { node: NomadNode; allocations: Said[] };
        if (typeof sent?.id !== 'string') throw new RequestError(400, 'a client says which node it is');
        // A client puts its pool into being.
        state.pools.add(sent.nodePool);
        const node: NomadNode = state.nodes.get(sent.id) ?? { ...sent, eligibility: 'eligible', drain: null };
        Object.assign(node, { status: 'ready', heardAt: state.now() });
        state.nodes.set(node.id, node);
        for (const said of allocations) {
          const job = jobOf(state, state.allocations.find(({ id }) => id === said.id)?.jobId ?? '');
          if (said.output) appendFileSync(job.logFile, said.output);
          report(state, said.id, said);
        }
        schedule(state, lostSeconds);
        return {
          status: 200,
          body: liveOn(state, node).map(({ id, jobId, desired }) => {
            const { name, seconds, command, namespace, type } = jobOf(state, jobId);
            return { id, desired, job: { name, seconds, command, namespace, type } };
          }),
        };
      },
    ],
  ];
}

/** The documented HTTP API of Nomad's servers, as scaler and clients use it. */
import {
  type Handler,
  jsonBody,
  type Reply,
  type Route,
  type ServiceRequest,
} from '../../cloud/http-service';
import { maySee, type Needs, tokenOf, withAcl } from './access';
import { page } from './filter';
import type { NomadNode, NomadState } from './state';
import { viewAllocation, viewEvaluations, viewJob, viewNode } from './views';

export function httpRoutes(state: NomadState): Route[] {
  const route = (method: string, path: string, needs: Needs, handler: Handler): Route => [
    method,
    new RegExp(`^/v1/${path}$`),
    withAcl(state, needs, handler),
  ];
  const nodeOf = (handler: (node: NomadNode, request: ServiceRequest) => Reply): Handler => {
    return (request) => {
      const node = state.nodes.get(request.params[0] ?? '');
      return node ? handler(node, request) : { status: 404, body: 'node not found' };
    };
  };
  const inNamespace = (items: Record<string, unknown>[], request: ServiceRequest) => {
    const asked = request.query.get('namespace') ?? 'default';
    const token = tokenOf(state, request);
    return items.filter(({ Namespace }) =>
      asked === '*' ? token && maySee(token, String(Namespace)) : Namespace === asked,
    );
  };
  const there = (isThere: boolean, what: string): Reply =>
    isThere ? { status: 200, body: {} } : { status: 404, body: `${what} not found` };
  const allocations = () => state.allocations.map((one) => viewAllocation(state, one));

  const drain = nodeOf((node, request) => {
    const { DrainSpec: spec, MarkEligible } = jsonBody(request) as {
      DrainSpec?: { Deadline?: number; IgnoreSystemJobs?: boolean } | null;
      MarkEligible?: boolean;
    };
    // Nanoseconds; 0 is none, and less is at once.
    const deadline = spec?.Deadline ?? 0;
    node.drain = spec
      ? {
          deadlineAt: deadline === 0 ? null : state.now() + Math.max(deadline, 0) / 1e6,
          ignoreSystem: spec.IgnoreSystemJobs === true,
        }
      : null;
    if (spec && !state.stayEligible) node.eligibility = 'ineligible';
    if (!spec && MarkEligible) node.eligibility = 'eligible';
    return { status: 200, body: { NodeModifyIndex: 1, EvalIDs: [] } };
  });
  const eligibility = nodeOf((node, request) => {
    const { Eligibility } = jsonBody(request);
    if (Eligibility !== 'eligible' && state.stayEligible) return { status: 200, body: {} };
    node.eligibility = Eligibility === 'eligible' ? 'eligible' : 'ineligible';
    return { status: 200, body: {} };
  });
  const purge = nodeOf((node) => {
    state.nodes.delete(node.id);
    return { status: 200, body: {} };
  });

  return [
    route('GET', 'nodes', { node: 'read' }, (request) =>
      page([...state.nodes.values()].map(viewNode), request),
    ),
    route('GET', 'node/pool/([^/]+)', { any: true }, ({ params }) =>
      there(state.pools.has(params[0] ?? ''), 'node pool'),
    ),
    route(
      'GET',
      'node/([^/]+)',
      { node: 'read' },
      nodeOf((node) => ({ status: 200, body: viewNode(node) })),
    ),
    // Those that the token may not read are left out, without a word.
    route(
      'GET',
      'node/([^/]+)/allocations',
      { node: 'read' },
      nodeOf((node, request) => {
        const token = tokenOf(state, request);
        return {
          status: 200,
          body: allocations().filter(
            ({ NodeID, Namespace }) => NodeID === node.id && token && maySee(token, String(Namespace)),
          ),
        };
      }),
    ),
    ...['PUT', 'POST'].flatMap((method) => [
      route(method, 'node/([^/]+)/drain', { node: 'write' }, drain),
      route(method, 'node/([^/]+)/eligibility', { node: 'write' }, eligibility),
      route(method, 'node/([^/]+)/purge', { node: 'write' }, purge),
    ]),
    route('GET', 'namespace/([^/]+)', { any: true }, ({ params }) =>
      there(state.namespaces.has(params[0] ?? ''), 'namespace'),
    ),
    route('GET', 'allocations', { readJob: true }, (request) =>
      page(inNamespace(allocations(), request), request),
    ),
    route('GET', 'jobs', { readJob: true }, (request) =>
      page(
        inNamespace(
          state.jobs.map((job) => viewJob(state, job)),
          request,
        ),
        request,
      ),
    ),
    route('GET', 'evaluations', { readJob: true }, (request) =>
      page(inNamespace(viewEvaluations(state), request), request),
    ),
  ];
}

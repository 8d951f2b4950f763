/** A Nomad in memory, as far as the scaler asks: nodes, allocations and jobs, in pages. */
import { toFilter } from '../../../../local/ci/nomad/filter';
import { type Served, serve } from '../serve';

type Item = Record<string, unknown>;

interface GivenJob {
  queued?: number;
  type?: string;
  nodePool?: string;
  datacenters?: string[];
  namespace?: string;
  stop?: boolean;
}

let jobs = 0;
export const jobOf = (given: GivenJob = {}): Item => {
  jobs += 1;
  return {
    ID: `job-${jobs}`,
    Namespace: given.namespace ?? 'default',
    Type: given.type ?? 'batch',
    Datacenters: given.datacenters ?? ['dc1'],
    NodePool: given.nodePool ?? 'builds',
    Stop: given.stop ?? false,
    Status: 'pending',
    JobSummary: { Summary: { main: { Queued: given.queued ?? 0, Running: 0 } } },
  };
};

interface Fake {
  jobs: Item[];
  nodes: Item[];
  allocations: Item[];
  pools: string[];
  namespaces: string[];
  /** Entries in one answer at most. */
  pageSize: number;
  /** Whether it honours filter expressions. */
  filters: boolean;
  /** What it answers instead at this path; only of that namespace, only to that token. */
  instead?: { path: string; status: number; body: string; namespace?: string; token?: string };
}

export interface FakeNomad extends Served, Fake {
  requests: { path: string; query: URLSearchParams; token: string | undefined }[];
}

export async function serveNomad(): Promise<FakeNomad> {
  const fake: Fake = {
    jobs: [],
    nodes: [],
    allocations: [],
    pools: ['builds'],
    namespaces: ['default'],
    pageSize: 1000,
    filters: true,
  };
  const requests: FakeNomad['requests'] = [];
  const server = await serve((request, response) => {
    const { pathname: path, searchParams: query } = new URL(request.url ?? '', 'http://nomad.invalid');
    const token = request.headers['x-nomad-token'] as string | undefined;
    requests.push({ path, query, token });
    const send = (status: number, body: unknown, headers: Record<string, string> = {}) =>
      response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
    const { instead } = nomad;
    if (
      instead?.path === path &&
      (instead.namespace ?? query.get('namespace')) === query.get('namespace') &&
      (instead.token ?? token) === token
    )
      return send(instead.status, instead.body);

    const [, , kind = '', name = '', pool = ''] = path.split('/');
    if (kind === 'namespace') return send(nomad.namespaces.includes(name) ? 200 : 404, '{}');
    if (name === 'pool') return send(nomad.pools.includes(pool) ? 200 : 404, '{}');
    const list = { jobs: nomad.jobs, nodes: nomad.nodes, allocations: nomad.allocations }[kind];
    if (!list) return send(404, 'no such path');
    const filter = query.get('filter');
    const items = list
      .filter(({ Namespace }) => kind === 'nodes' || (Namespace ?? 'default') === query.get('namespace'))
      .filter(filter && nomad.filters ? toFilter(filter) : () => true);
    const from = Math.max(
      0,
      items.findIndex(({ ID }) => ID === query.get('next_token')),
    );
    const size = Math.min(nomad.pageSize, Number(query.get('per_page')));
    const next = items[from + size];
    return send(200, items.slice(from, from + size), next ? { 'x-nomad-nexttoken': String(next.ID) } : {});
  });
  const nomad: FakeNomad = Object.assign(fake, server, { requests });
  return nomad;
}

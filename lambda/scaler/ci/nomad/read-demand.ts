import type { Demand, Unknown } from '../../core/types';
import type { ReadDemand } from '../../ports';
import { type Body, type CiOptions, createClient } from '../client';
import { keep } from '../keep';
import { countQueued } from './count-queued';
import { judge } from './judge';
import { type All, readAll } from './read-all';
import { SHAPES } from './shapes';

/** Whether pool and namespaces are there: nobody renames them by the minute. */
const PLACES = { freshMs: 5 * 60_000, staleMs: 15 * 60_000 };
const RUNNING = new Set(['running', 'pending']);

/**
 * Allocations that run on the nodes of a fleet's pool and datacenter, and those that Nomad has nowhere to place there.
 * Running first, so that a job that is placed between the two is missed until the next poll and not counted twice.
 *
 * Each namespace is named: Nomad answers a token that may read none with an empty list when asked for all (`*`), and
 * with 403 only when asked for one. For the same reason pool and namespaces are looked up: where there is none, no job
 * waits either, and a name that is mistyped would look like an empty queue.
 */
export function createReadDemand(options: CiOptions): ReadDemand<'nomad'> {
  const toHeaders = (token: string) => ({ 'X-Nomad-Token': token });
  const ask = createClient({ name: 'Nomad', toHeaders, judge }, options);
  const keepPlace = keep<{ kind: 'there' }>(options, PLACES);

  return async ({ account, queue, round }, signal): Promise<Demand> => {
    // A fleet of fixed size: `warm` says how many.
    if (queue.demand === 'none') return { kind: 'known', queued: 0, running: 0 };
    const { datacenter, nodePool, namespaces } = queue;
    const base = `${account.baseUrl.replace(/\/+$/, '')}/v1/`;
    const get = (path: string, query = new URLSearchParams()): Promise<Body | Unknown> => {
      query.set('region', account.region);
      return ask({ address: `${base}${path}?${query}`, secret: account.apiTokenSecret, round, signal });
    };
    const look = (path: string) =>
      keepPlace(`${base}${path} ${account.apiTokenSecret}`, async () => {
        const answer = await get(path);
        return answer.kind === 'unknown' ? answer : { kind: 'there' };
      });
    const inEach = async <T>(read: (namespace: string) => Promise<All<T>>): Promise<All<T>> => {
      const all = await Promise.all(namespaces.map(read));
      return all.find((list) => list.kind === 'unknown') ?? { kind: 'all', items: all.flatMap(toItems) };
    };

    const places = await Promise.all(
      [`node/pool/${nodePool}`, ...namespaces.map((name) => `namespace/${name}`)].map(look),
    );
    const missing = places.find((place) => place.kind === 'unknown');
    if (missing?.kind === 'unknown') return missing;

    const [nodes, allocations] = await Promise.all([
      readAll(
        get,
        'nodes',
        { filter: `Datacenter == "${datacenter}" and NodePool == "${nodePool}"` },
        SHAPES.nodes,
      ),
      inEach((namespace) =>
        readAll(
          get,
          'allocations',
          {
            namespace,
            task_states: 'false',
            filter: 'ClientStatus == "running" or ClientStatus == "pending"',
          },
          SHAPES.allocations,
        ),
      ),
    ]);
    if (nodes.kind === 'unknown') return nodes;
    if (allocations.kind === 'unknown') return allocations;
    const jobs = await inEach((namespace) =>
      readAll(get, 'jobs', { namespace, filter: 'Status != "dead"' }, SHAPES.jobs),
    );
    if (jobs.kind === 'unknown') return jobs;

    const own = new Set(
      nodes.items
        .filter((node) => node.Datacenter === datacenter && node.NodePool === nodePool)
        .map(({ ID }) => ID),
    );
    const running = allocations.items.filter(
      ({ NodeID, JobType, ClientStatus }) =>
        own.has(NodeID) && RUNNING.has(ClientStatus) && JobType !== 'system' && JobType !== 'sysbatch',
    ).length;
    return { kind: 'known', queued: countQueued(jobs.items, { datacenter, nodePool }), running };
  };
}

const toItems = <T>(list: All<T>): T[] => (list.kind === 'all' ? list.items : []);

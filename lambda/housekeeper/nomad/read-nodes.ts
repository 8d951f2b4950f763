import * as z from 'zod/mini';
import { ask, CiError } from '../ask';
import type { ReadManagersPorts } from '../managers/read-managers';
import type { NomadFleet } from '../settings';

const nodes = z.array(
  z.object({ Name: z.string(), Datacenter: z.string(), NodePool: z.string(), Status: z.string() }),
);

const PER_PAGE = 1000;
const MOST_PAGES = 20;

/**
 * Names of the nodes of a fleet that Nomad hears from; the name is the instance id.
 * @throws CiError, also when the list is not as documented: nobody is judged by half of one
 */
export async function readNodes(
  { fetch, readToken }: ReadManagersPorts,
  { baseUrl, region, datacenter, nodePool, apiTokenSecret }: NomadFleet,
): Promise<string[]> {
  const token = await readToken(apiTokenSecret);
  const names: string[] = [];
  const query = new URLSearchParams({
    region,
    per_page: `${PER_PAGE}`,
    filter: `Datacenter == "${datacenter}" and NodePool == "${nodePool}"`,
  });
  for (let page = 0; page < MOST_PAGES; page++) {
    const response = await ask({
      fetch,
      method: 'GET',
      address: `${baseUrl}/v1/nodes?${query}`,
      headers: { 'X-Nomad-Token': token },
    });
    const parsed = z.safeParse(nodes, await response.json().catch(() => undefined));
    if (!parsed.success)
      throw new CiError(response.status, `Nomad's list of nodes: ${z.prettifyError(parsed.error)}`);
    const own = parsed.data.filter(
      (node) => node.Datacenter === datacenter && node.NodePool === nodePool && node.Status === 'ready',
    );
    names.push(...own.map(({ Name }) => Name));
    const next = response.headers.get('x-nomad-nexttoken');
    if (!next) return names;
    query.set('next_token', next);
  }
  throw new CiError(undefined, `Nomad's list of nodes: more than ${MOST_PAGES * PER_PAGE}`);
}

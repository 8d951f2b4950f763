import { ask } from '../ask';
import type { Runners } from '../core/choose-stuck';
import { toInstanceId } from '../core/system-id';
import { type ReadManagersPorts, readManagers } from '../managers/read-managers';
import { readNodes } from '../nomad/read-nodes';
import type { CircleciFleet, ListedFleet } from '../settings';
import { toAgents } from './to-agents';

export interface ReadRunnersPorts extends ReadManagersPorts {
  now: () => number;
}

/** Which runners the CI knows. Never throws: what cannot be read is an answer. */
export async function readRunners(ports: ReadRunnersPorts, fleet: ListedFleet): Promise<Runners> {
  try {
    if (fleet.ci === 'circleci') return { kind: 'known', heardAt: await readAgents(ports, fleet) };
    if (fleet.ci === 'nomad') return toKnown(await readNodes(ports, fleet));
    const managers = await readManagers(ports, fleet);
    // GitLab writes a contact every 40 to 55 minutes only: that it has the row is all that it tells.
    return toKnown(managers.flatMap(({ systemId }) => toInstanceId(systemId) ?? []));
  } catch (error) {
    return { kind: 'unreadable', detail: `${(error as Error).name}: ${(error as Error).message}` };
  }
}

const toKnown = (ids: readonly string[]): Runners => ({
  kind: 'known',
  heardAt: new Map(ids.map((id) => [id, undefined])),
});

async function readAgents(
  { fetch, readToken, now }: ReadRunnersPorts,
  { baseUrl, apiTokenSecret, resourceClass }: CircleciFleet,
): Promise<Map<string, number | undefined>> {
  const response = await ask({
    fetch,
    method: 'GET',
    address: `${baseUrl}/api/v3/runner?resource-class=${encodeURIComponent(resourceClass)}`,
    headers: { 'Circle-Token': await readToken(apiTokenSecret) },
  });
  const agents = toAgents(await response.json().catch(() => undefined));
  // Its times are of its own clock, which its answer tells: ours may be wrong.
  const told = Date.parse(response.headers.get('date') ?? '');
  const ahead = Number.isNaN(told) ? 0 : now() - told;
  return new Map([...agents].map(([name, at]) => [name, at === undefined ? undefined : at + ahead]));
}

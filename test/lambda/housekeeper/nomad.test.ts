/** What Nomad says of the clients of a fleet, by a Nomad in memory. */
import { type NomadFleet, parse, serialize } from '../../../lambda/housekeeper/settings';
import { readRunners } from '../../../lambda/housekeeper/stuck/read-runners';
import { toHousekeeperSettings } from '../../../stacks/control/to-housekeeper-settings';
import { buildConfig, fleet as fleetOf } from '../../stacks/perfect-config';
import { type FakeNomad, serveNomad } from '../scaler/ci/nomad-server';
import { settingsOf } from './perfect';

const TOKEN = 'api-canary-53';
let nomad: FakeNomad;
beforeEach(async () => {
  nomad = await serveNomad();
});
afterEach(() => nomad.close());

const fleet = (): NomadFleet => ({
  ci: 'nomad',
  name: 'clients',
  group: 'muster-dev-clients',
  apiTokenSecret: 'muster/dev/ci/cluster/api-token',
  unknownMinutes: 15,
  baseUrl: nomad.url,
  region: 'global',
  datacenter: 'dc1',
  nodePool: 'builds',
});
const read = () => readRunners({ fetch, readToken: async () => TOKEN, now: () => Date.now() }, fleet());
const node = (id: number, given: object = {}) => ({
  ID: `n${id}`,
  Name: `i-0000000000000000${id}`,
  Datacenter: 'dc1',
  NodePool: 'builds',
  Status: 'ready',
  ...given,
});

test('known is who is a ready node of the fleet, on whichever page', async () => {
  nomad.pageSize = 2;
  nomad.filters = false;
  nomad.nodes = [
    node(1),
    node(2, { Status: 'down' }),
    node(3),
    node(4, { NodePool: 'other' }),
    node(5, { Datacenter: 'dc2' }),
  ];
  const runners = await read();
  expect(runners.kind === 'known' && [...runners.heardAt.keys()]).toEqual([
    'i-00000000000000001',
    'i-00000000000000003',
  ]);
  expect(new Set(nomad.requests.map(({ token }) => token))).toEqual(new Set([TOKEN]));
});

test.each<[rule: string, status: number, body: string]>([
  ['a token that may not', 403, 'Permission denied'],
  ['servers without a leader', 500, 'No cluster leader'],
  ['no JSON', 200, '<html>'],
  ['nodes of a Nomad without pools', 200, '[{"Name":"i-1","Datacenter":"dc1","Status":"ready"}]'],
])('%s is no list, and nobody is judged by it', async (_rule, status, body) => {
  nomad.instead = { path: '/v1/nodes', status, body };
  const runners = await read();
  expect(runners).toMatchObject({ kind: 'unreadable' });
  expect(JSON.stringify(runners)).not.toContain(TOKEN);
});

test('a fleet of fixed size is not looked at, for its API may be one that nobody shows', () => {
  const { resourceClass: _, ...rest } = fleetOf('clients', { account: 'cluster', serves: 'many-jobs' });
  const config = (demand: string) =>
    buildConfig({
      accounts: { cluster: { ci: 'nomad', baseUrl: 'https://nomad.example.com:4646' } },
      images: { runner: { agents: ['nomad'] } },
      fleets: [{ ...rest, nomad: { nodePool: 'builds', demand } }],
    });
  expect(toHousekeeperSettings(config('none')).fleets).toMatchObject([{ ci: 'unlisted' }]);
  const { fleets } = toHousekeeperSettings(config('queue'));
  expect(fleets).toMatchObject([{ ci: 'nomad', region: 'global', nodePool: 'builds', unknownMinutes: 15 }]);
  expect(parse(serialize(settingsOf({ fleets }))).fleets).toEqual(fleets);
});

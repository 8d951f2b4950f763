/** What a fleet of Nomad tells its scaler and its instances. */
import { parse, serialize } from '../../lambda/scaler/settings';
import { toUserData } from '../../stacks/boot-environment';
import { toSettings } from '../../stacks/control/to-settings';
import { toBootEnvironment } from '../../stacks/fleet/to-boot-environment';
import { buildConfig, fleet } from './perfect-config';

const { resourceClass: _, ...rest } = fleet('clients', {
  account: 'cluster',
  serves: 'many-jobs',
  jobsPerInstance: 3,
});
const config = buildConfig({
  accounts: { cluster: { ci: 'nomad', baseUrl: 'https://nomad.example.com:4646', region: 'eu' } },
  images: { runner: { agents: ['nomad'] } },
  fleets: [{ ...rest, nomad: { nodePool: 'builds', nodeClass: 'large', namespaces: ['default', 'tools'] } }],
});
const [clients] = config.fleets;
if (!clients) throw new Error('the config has a fleet');

test('the scaler knows where its allocations would run', () => {
  const settings = toSettings(config);
  expect(settings.accounts.cluster).toMatchObject({ ci: 'nomad', region: 'eu' });
  expect(settings.fleets[0]).toMatchObject({
    slots: 3,
    queue: {
      ci: 'nomad',
      datacenter: 'dc1',
      nodePool: 'builds',
      namespaces: ['default', 'tools'],
      demand: 'queue',
    },
  });
  expect(parse(serialize(settings))).toEqual(settings);
});

test('an instance knows what node it is', () => {
  const environment = toBootEnvironment(config, clients);
  expect(environment).toMatchObject({
    MUSTER_CI: 'nomad',
    MUSTER_QUEUE: 'builds',
    MUSTER_NOMAD_REGION: 'eu',
    MUSTER_NOMAD_DATACENTER: 'dc1',
    MUSTER_NOMAD_CLASS: 'large',
    MUSTER_NOMAD_RAW_EXEC: 'false',
  });
  expect(toUserData(environment)).toContain('MUSTER_NOMAD_RAW_EXEC=false\n');
});

test('instances of other CIs have nothing of it', () => {
  const other = buildConfig();
  const [linux] = other.fleets;
  expect(linux && toBootEnvironment(other, linux)).toMatchObject({
    MUSTER_NOMAD_REGION: '',
    MUSTER_NOMAD_DATACENTER: '',
    MUSTER_NOMAD_CLASS: '',
    MUSTER_NOMAD_RAW_EXEC: '',
  });
});

/** The configuration of Nomad's client, as its script writes it. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const rootfs = resolve(__dirname, '../../provision/rootfs');
const script = `${rootfs}/usr/lib/muster/ci/nomad-config`;
const ENVIRONMENT = {
  MUSTER_DOCKER: 'none',
  MUSTER_ENVIRONMENT: 'test',
  MUSTER_FLEET: 'clients',
  MUSTER_INSTANCE: 'i-0123456789abcdef0',
  MUSTER_NOMAD_CLASS: '',
  MUSTER_NOMAD_DATACENTER: 'dc1',
  MUSTER_NOMAD_RAW_EXEC: 'false',
  MUSTER_NOMAD_REGION: 'global',
  MUSTER_QUEUE: 'builds',
};
const SECRET = { servers: ['10.0.0.5:4647'], ca: 'x', certificate: 'x', key: 'x', token: 'canary' };

function configOf(
  environment: Partial<typeof ENVIRONMENT> = {},
  secret: object = {},
  version = 'Nomad v1.10.5\nBuildDate 2025-09-09T14:36:55Z',
) {
  const { status, stdout, stderr } = spawnSync('bash', [script, '10.1.2.3', version], {
    env: { PATH: process.env.PATH, ...ENVIRONMENT, ...environment },
    input: JSON.stringify({ ...SECRET, ...secret }),
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return { text: stdout, config: JSON.parse(stdout) };
}

test('a client knows its servers and what it is, serves its API to the machine alone, and holds no secret', () => {
  const { text, config } = configOf();
  expect(config).toMatchObject({
    name: ENVIRONMENT.MUSTER_INSTANCE,
    addresses: { http: '127.0.0.1' },
    client: {
      node_pool: 'builds',
      server_join: { retry_join: SECRET.servers },
      meta: { muster_instance: ENVIRONMENT.MUSTER_INSTANCE, muster_fleet: 'clients' },
    },
    server: { enabled: false },
    tls: { rpc: true, verify_server_hostname: true },
    leave_on_terminate: false,
  });
  expect(text).not.toContain('canary');
});

test.each<[rule: string, environment: Partial<typeof ENVIRONMENT>, drivers: string, raw: boolean]>([
  ['a chroot and no root, as a rule', {}, 'exec', false],
  ['containers, where docker runs as root', { MUSTER_DOCKER: 'rootful' }, 'exec,docker', false],
  ['root, where the fleet says so', { MUSTER_NOMAD_RAW_EXEC: 'true' }, 'exec,raw_exec', true],
])('allocations get %s', (_rule, environment, drivers, raw) => {
  const { config } = configOf(environment);
  expect(config.client.options['driver.allowlist']).toBe(drivers);
  expect(config.plugin).toMatchObject({
    raw_exec: { config: { enabled: raw } },
    docker: { config: { allow_privileged: false, volumes: { enabled: false } } },
  });
});

const firewall = readFileSync(`${rootfs}/etc/muster/firewall.nft`, 'utf8');
const privileged = [...firewall.matchAll(/skuid != \{ ([^}]*) \}/g)].flatMap(([, users = '']) =>
  users.split(', '),
);

test.each([...new Set(['root', ...privileged])])(
  'an allocation does not run as %s, whom the firewall trusts',
  (user) => {
    const { options } = configOf().config.client;
    expect(options['user.denylist'].split(',')).toContain(user);
    expect(options['user.checked_drivers'].split(',')).toContain('exec');
  },
);

test('an allocation runs as no user of the system by its number, nor gets to be another by a capability', () => {
  const { config } = configOf().config.plugin.exec;
  expect(config).toEqual({ allow_caps: ['net_bind_service'], denied_host_uids: '0-1999' });
});

test.each([
  ['an older client', 'Nomad v1.9.7', false],
  ['a newer client', 'Nomad v1.11.0', true],
  ['a client of the next generation', 'Nomad v2.0.1', true],
  ['a client that does not tell its version', 'Nomad', true],
])('%s is told of numbers only if it would start with that', (_rule, version, isTold) => {
  const { config } = configOf({}, {}, version).config.plugin.exec;
  expect('denied_host_uids' in config).toBe(isTold);
  expect(config.allow_caps).toEqual(['net_bind_service']);
});

test('the default pool is not named, for older clients know none', () => {
  expect(configOf({ MUSTER_QUEUE: 'default' }).config.client).not.toHaveProperty('node_pool');
});

test('a class is named where there is one', () => {
  expect(configOf().config.client).not.toHaveProperty('node_class');
  expect(configOf({ MUSTER_NOMAD_CLASS: 'large' }).config.client.node_class).toBe('large');
});

test('without a token Nomad has no ACLs to enforce', () => {
  expect(configOf().config.acl).toEqual({ enabled: true });
  expect(configOf({}, { token: '' }).config.acl).toEqual({ enabled: false });
});

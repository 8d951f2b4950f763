import { createReadDemand } from '../../../../lambda/scaler/ci/nomad/read-demand';
import type { Asked, Token } from '../../../../lambda/scaler/ports';
import { keepTokens } from '../../../../lambda/scaler/secrets/tokens';
import { steadyClock } from '../../../clock/steady-clock';
import { type FakeNomad, jobOf, serveNomad } from './nomad-server';

const CANARY = 'canary-5f1c0ffee';
let nomad: FakeNomad;
let secret: Token;
let now: number;

beforeEach(async () => {
  secret = { kind: 'token', value: CANARY };
  now = Date.now();
  nomad = await serveNomad();
});
afterEach(() => nomad.close());

const clock = { ...steadyClock, now: () => now };
function createReader() {
  const tokens = keepTokens(async () => secret, clock);
  return createReadDemand({ ...clock, tokens, random: () => 0, requestTimeoutMs: 300 });
}
type Queue = Asked<'nomad'>['queue'];
const askedOf = (queue: Partial<Queue> = {}): Asked<'nomad'> => ({
  account: {
    ci: 'nomad',
    baseUrl: nomad.url,
    apiTokenSecret: 'muster/dev/ci/main/api-token',
    region: 'global',
  },
  queue: {
    ci: 'nomad',
    datacenter: 'dc1',
    nodePool: 'builds',
    namespaces: ['default'],
    demand: 'queue',
    ...queue,
  },
  enough: 1000,
  round: { fleets: 1, requests: 0 },
});
const read = (queue: Partial<Queue> = {}, reader = createReader()) =>
  reader(askedOf(queue), new AbortController().signal);
const known = (queued: number, running: number) => ({ kind: 'known', queued, running });

describe('demand', () => {
  test('is what runs on the nodes of the pool and what Nomad cannot place there, running read first', async () => {
    nomad.jobs = [jobOf({ queued: 2 }), jobOf({ queued: 1, type: 'service' })];
    nomad.nodes = [{ ID: 'n1', Datacenter: 'dc1', NodePool: 'builds' }];
    nomad.allocations = [
      { ID: 'a1', NodeID: 'n1', JobType: 'batch', ClientStatus: 'running' },
      { ID: 'a2', NodeID: 'n1', JobType: 'batch', ClientStatus: 'pending' },
    ];
    await expect(read()).resolves.toEqual(known(3, 2));
    const order = nomad.requests.map(({ path }) => path);
    expect(order.indexOf('/v1/allocations')).toBeLessThan(order.indexOf('/v1/jobs'));
    expect(new Set(nomad.requests.map(({ token }) => token))).toEqual(new Set([CANARY]));
    expect(new Set(nomad.requests.map(({ query }) => query.get('region')))).toEqual(new Set(['global']));
  });
  test('zero is a count', async () => {
    await expect(read()).resolves.toEqual(known(0, 0));
  });
  test('of a fleet of fixed size is none, and nobody is asked', async () => {
    nomad.jobs = [jobOf({ queued: 2 })];
    await expect(read({ demand: 'none' })).resolves.toEqual(known(0, 0));
    expect(nomad.requests).toEqual([]);
  });
  test('of several namespaces is their sum, each asked for by its name', async () => {
    nomad.namespaces = ['default', 'tools'];
    nomad.jobs = [jobOf({ queued: 2 }), jobOf({ queued: 3, namespace: 'tools' })];
    await expect(read({ namespaces: ['default', 'tools'] })).resolves.toEqual(known(5, 0));
    expect(nomad.requests.map(({ query }) => query.get('namespace'))).not.toContain('*');
  });
  test('is read to the last page', async () => {
    nomad.pageSize = 2;
    nomad.jobs = Array.from({ length: 5 }, () => jobOf({ queued: 1 }));
    await expect(read()).resolves.toEqual(known(5, 0));
    expect(nomad.requests.filter(({ path }) => path === '/v1/jobs')).toHaveLength(3);
  });
  test('a job without a summary waits for the scheduler, not for a node', async () => {
    nomad.jobs = [{ ...jobOf(), JobSummary: null }];
    await expect(read()).resolves.toEqual(known(0, 0));
  });
});

describe('what no instance of the fleet would take is no demand', () => {
  test.each<[rule: string, job: Parameters<typeof jobOf>[0], queued: number]>([
    ['a job of another pool', { nodePool: 'gpu' }, 0],
    ['a job of the pool of all nodes', { nodePool: 'all' }, 1],
    ['a job of another datacenter', { datacenters: ['dc2'] }, 0],
    ['a job of several datacenters', { datacenters: ['dc2', 'dc1'] }, 1],
    ['a job of any datacenter', { datacenters: ['*'] }, 1],
    ['a job of datacenters by wildcard', { datacenters: ['d*1'] }, 1],
    ['a job of other datacenters by wildcard', { datacenters: ['eu-*'] }, 0],
    ['a system job, which runs on every node', { type: 'system' }, 0],
    ['a sysbatch job', { type: 'sysbatch' }, 0],
    ['a job that was stopped', { stop: true }, 0],
  ])('%s', async (_rule, job, queued) => {
    nomad.jobs = [jobOf({ queued: 1, ...job })];
    await expect(read()).resolves.toEqual(known(queued, 0));
  });
  test.each<[rule: string, allocation: object, running: number]>([
    ['an allocation on a node of another pool', { NodeID: 'n2' }, 0],
    ['one that is over', { ClientStatus: 'complete' }, 0],
    ['one of a system job', { JobType: 'system' }, 0],
    ['one that runs', {}, 1],
  ])('%s', async (_rule, allocation, running) => {
    // A Nomad that knows no filters answers all of them.
    nomad.filters = false;
    nomad.nodes = [
      { ID: 'n1', Datacenter: 'dc1', NodePool: 'builds' },
      { ID: 'n2', Datacenter: 'dc1', NodePool: 'other' },
    ];
    nomad.allocations = [
      { ID: 'a1', NodeID: 'n1', JobType: 'batch', ClientStatus: 'running', ...allocation },
    ];
    await expect(read()).resolves.toEqual(known(0, running));
  });
});

describe('unknown is not zero', () => {
  test.each<[rule: string, path: string, status: number, body: string, problem: string]>([
    ['a token that may not read jobs', '/v1/jobs', 403, 'Permission denied', 'access-missing'],
    ['a token that may not read nodes', '/v1/nodes', 403, 'Permission denied', 'access-missing'],
    ['a token that may not read allocations', '/v1/allocations', 403, 'Permission denied', 'access-missing'],
    ['a token that Nomad does not know', '/v1/nodes', 403, 'ACL token not found', 'token-refused'],
    ['a proxy that wants a login', '/v1/nodes', 401, '', 'token-refused'],
    ['servers without a leader', '/v1/jobs', 500, 'No cluster leader', 'server-error'],
    ['a filter that this Nomad does not take', '/v1/jobs', 400, 'failed to read filter', 'unexpected-answer'],
    ['no JSON', '/v1/jobs', 200, '<html>', 'unexpected-answer'],
    ['JSON of another kind', '/v1/jobs', 200, '{}', 'unexpected-answer'],
    ['null', '/v1/jobs', 200, 'null', 'unexpected-answer'],
    [
      'a number that is none',
      '/v1/jobs',
      200,
      '[{"ID":"a","Type":"batch","Datacenters":["dc1"],"NodePool":"builds","Stop":false,"JobSummary":{"Summary":{"main":{"Queued":-1}}}}]',
      'unexpected-answer',
    ],
    [
      'jobs of a Nomad without node pools',
      '/v1/jobs',
      200,
      '[{"ID":"a","Type":"batch"}]',
      'unexpected-answer',
    ],
  ])('%s', async (_rule, path, status, body, problem) => {
    nomad.instead = { path, status, body };
    const demand = await read();
    expect(demand).toMatchObject({ kind: 'unknown', problem });
    expect(JSON.stringify(demand)).not.toContain(CANARY);
  });
  test('a pool that Nomad does not know, whose queue would look empty', async () => {
    await expect(read({ nodePool: 'bulids' })).resolves.toMatchObject({
      kind: 'unknown',
      problem: 'pool-missing',
      detail: expect.stringContaining('node/pool/bulids'),
    });
  });
  test('a namespace that Nomad does not know', async () => {
    await expect(read({ namespaces: ['defualt'] })).resolves.toMatchObject({
      kind: 'unknown',
      problem: 'pool-missing',
      detail: expect.stringContaining('namespace/defualt'),
    });
  });
  test('a list without an end', async () => {
    nomad.pageSize = 1;
    nomad.jobs = Array.from({ length: 21 }, () => jobOf({ queued: 1 }));
    await expect(read()).resolves.toMatchObject({ kind: 'unknown', problem: 'queue-too-long' });
  });
  test('one namespace of two: half a count is none', async () => {
    nomad.namespaces = ['default', 'tools'];
    nomad.jobs = [jobOf({ queued: 1 })];
    nomad.instead = { path: '/v1/jobs', namespace: 'tools', status: 403, body: 'Permission denied' };
    await expect(read({ namespaces: ['default', 'tools'] })).resolves.toMatchObject({
      problem: 'access-missing',
    });
  });
});

test('whether pool and namespaces are there is asked once in five minutes', async () => {
  const reader = createReader();
  const places = () => nomad.requests.filter(({ path }) => /pool|namespace\//.test(path)).length;
  await read({}, reader);
  await read({}, reader);
  expect(places()).toBe(2);
  now += 5 * 60_000;
  await read({}, reader);
  expect(places()).toBe(4);
});

test('a token that was replaced is read again', async () => {
  const reader = createReader();
  nomad.instead = { path: '/v1/nodes', status: 403, body: 'ACL token not found', token: CANARY };
  await read({}, reader);
  secret = { kind: 'token', value: 'another' };
  now += 60_000;
  await expect(read({}, reader)).resolves.toEqual(known(0, 0));
});

/** The scaler reads the stand-in Nomad of the local cloud, and the stand-in places, drains and loses as the real one. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createReadDemand } from '../../../../lambda/scaler/ci/nomad/read-demand';
import { keepTokens } from '../../../../lambda/scaler/secrets/tokens';
import { startNomad } from '../../../../local/ci/nomad/server';
import type { Service } from '../../../../local/cloud/http-service';
import { steadyClock } from '../../../clock/steady-clock';

const TOKEN = 'reader';
const CLIENT = 'client';
const LOST_SECONDS = 20;
let nomad: Service;
let folder: string;
let now: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'muster-nomad-'));
  now = Date.now();
  nomad = await startNomad({
    host: '127.0.0.1',
    port: 0,
    logDir: folder,
    lostSeconds: LOST_SECONDS,
    now: () => now,
  });
  await ask('PUT', '/_local/setup', {
    pools: ['builds'],
    tokens: [
      { token: TOKEN, node: 'read', readJob: ['default'] },
      { token: CLIENT, node: 'write', readJob: ['*'] },
    ],
  });
});
afterEach(async () => {
  await nomad.stop();
  rmSync(folder, { recursive: true });
});

async function ask(method: string, path: string, body?: unknown, token = CLIENT): Promise<unknown> {
  const response = await fetch(`${nomad.url}${path}`, {
    method,
    headers: { 'x-nomad-token': token },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
}

function read(token = TOKEN, queue: object = {}) {
  const tokens = keepTokens(async () => ({ kind: 'token', value: token }), steadyClock);
  return createReadDemand({ ...steadyClock, tokens, random: () => 0 })(
    {
      account: { ci: 'nomad', baseUrl: nomad.url, apiTokenSecret: 'x', region: 'global' },
      queue: {
        ci: 'nomad',
        datacenter: 'dc1',
        nodePool: 'builds',
        namespaces: ['default'],
        demand: 'queue',
        ...queue,
      },
      enough: 100,
      round: { fleets: 1, requests: 0 },
    },
    new AbortController().signal,
  );
}
const enqueue = (...jobs: object[]) =>
  ask(
    'POST',
    '/_local/jobs',
    jobs.map((job) => ({ nodePool: 'builds', ...job })),
  );
type Placed = { id: string; desired: string }[];
/** As a client does twice a second. */
const sync = (allocations: object[] = [], id = 'n1') =>
  ask('POST', '/_client/sync', {
    node: { id, name: `i-${id}`, datacenter: 'dc1', nodePool: 'builds', nodeClass: '', memory: 2048 },
    allocations,
  }) as Promise<Placed>;
const isEligible = async () =>
  ((await ask('GET', '/v1/node/n1')) as { SchedulingEligibility: string }).SchedulingEligibility;
const drain = (deadline: number) =>
  ask('PUT', '/v1/node/n1/drain', { DrainSpec: { Deadline: deadline * 1e9, IgnoreSystemJobs: false } });

test('what nobody places is queued, what a node of the pool runs is running', async () => {
  await enqueue({}, {}, {}, { nodePool: 'other' });
  await expect(read()).resolves.toEqual({ kind: 'known', queued: 3, running: 0 });
  expect(await sync()).toHaveLength(2);
  await expect(read()).resolves.toEqual({ kind: 'known', queued: 1, running: 2 });
});

test('an evaluation is blocked for each job that waits', async () => {
  await enqueue({}, {});
  expect(await ask('GET', '/v1/evaluations?filter=Status == "blocked"', undefined, TOKEN)).toHaveLength(2);
});

test('a token may read what its policy says, and no more', async () => {
  await expect(read('unknown')).resolves.toMatchObject({ problem: 'token-refused' });
  await ask('PUT', '/_local/setup', { namespaces: ['tools'] });
  await expect(read(TOKEN, { namespaces: ['tools'] })).resolves.toMatchObject({ problem: 'access-missing' });
  await expect(ask('PUT', '/v1/node/n1/drain', {}, TOKEN)).rejects.toThrow('403');
  // The trap: all namespaces, none of which it may read.
  await enqueue({ namespace: 'tools' });
  expect(await ask('GET', '/v1/jobs?namespace=*', undefined, TOKEN)).toEqual([]);
});

test('a drain waits for batch allocations, moves services, stops system jobs last, and leaves the node ineligible', async () => {
  await sync();
  await enqueue({ memory: 100 }, { type: 'service', memory: 100 }, { type: 'system', memory: 100 });
  const placed = await sync();
  expect(placed).toHaveLength(3);
  await drain(3600);
  const desired = async () => (await sync()).map((one) => one.desired);
  expect(await desired()).toEqual(['run', 'stop', 'run']);
  expect(await isEligible()).toBe('ineligible');
  await sync(placed.slice(0, 2).map(({ id }) => ({ id, client: 'complete', exitCode: 0 })));
  expect(await desired()).toEqual(['stop']);
  await sync(placed.slice(2).map(({ id }) => ({ id, client: 'complete', exitCode: 0 })));
  await sync();
  expect(await ask('GET', '/v1/node/n1')).toMatchObject({ DrainStrategy: null });
});

test('at its deadline a drain stops what still runs', async () => {
  await sync();
  await enqueue({});
  await drain(60);
  expect((await sync()).map((one) => one.desired)).toEqual(['run']);
  now += 60_000;
  expect((await sync()).map((one) => one.desired)).toEqual(['stop']);
});

test('a node that is silent is down, and what it ran waits for another', async () => {
  await sync();
  await enqueue({});
  await sync();
  now += (LOST_SECONDS + 1) * 1000;
  expect(await sync([], 'n2')).toHaveLength(1);
  expect(await ask('GET', '/v1/node/n1')).toMatchObject({ Status: 'down' });
});

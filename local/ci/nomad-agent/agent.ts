/** The client: tells its servers of its node and its allocations, and serves the API of this machine. */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Reply, type ServiceRequest, startService } from '../../cloud/http-service';
import { type ClientConfig, readClientConfig } from './config';
import { type Job, Tasks } from './tasks';

const SYNC_MS = 500;
const HTTP_PORT = 4646;
/** MB: two allocations of the stand-in's default size. */
const MEMORY = 2048;

interface Placed {
  id: string;
  desired: 'run' | 'stop';
  job: Job;
}

export async function runAgent(file: string): Promise<void> {
  const config = readClientConfig(file);
  const nodeId = keepNodeId(config.data_dir);
  const tasks = new Tasks(join(config.data_dir, 'alloc'));
  // Neither drains nor leaves by a signal, and its allocations go on.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(0));
  await startService(config.addresses.http, HTTP_PORT, (request) => answer(request, config, nodeId, tasks));
  console.log(`==> Nomad agent started! node=${nodeId}`);
  let wasReached = true;
  for (;;) {
    const isReached = await sync(config, nodeId, tasks);
    if (isReached !== wasReached)
      console.log(isReached ? 'client: node registration complete' : 'client: no servers answer');
    wasReached = isReached;
    await sleep(SYNC_MS);
  }
}

function keepNodeId(dataDir: string): string {
  const file = join(dataDir, 'client', 'client-id');
  mkdirSync(join(dataDir, 'client'), { recursive: true });
  if (!existsSync(file)) writeFileSync(file, randomUUID());
  return readFileSync(file, 'utf8');
}

async function sync(config: ClientConfig, nodeId: string, tasks: Tasks): Promise<boolean> {
  const { name, datacenter, client } = config;
  const statuses = tasks.ids().map((id) => tasks.statusOf(id));
  const node = {
    id: nodeId,
    name,
    datacenter,
    nodePool: client.node_pool ?? 'default',
    nodeClass: client.node_class ?? '',
    memory: MEMORY,
  };
  const reply = await forward(
    config,
    'POST',
    '/_client/sync',
    JSON.stringify({ node, allocations: statuses }),
  );
  if (reply.status !== 200) return false;
  const placed = JSON.parse(String(reply.body)) as Placed[];
  for (const { id, client: status } of statuses) {
    const isKnown = placed.some((one) => one.id === id);
    if (status !== 'running' && !isKnown) tasks.forget(id);
    else if (!isKnown) tasks.stop(id);
  }
  for (const { id, desired, job } of placed) desired === 'run' ? tasks.start(id, job) : tasks.stop(id);
  return true;
}

/** The first server that answers. */
async function forward(
  { client }: ClientConfig,
  method: string,
  path: string,
  body?: string,
  token?: string,
): Promise<Reply> {
  for (const server of client.server_join.retry_join) {
    try {
      const response = await fetch(`http://${server}${path}`, {
        method,
        headers: token ? { 'x-nomad-token': token } : {},
        signal: AbortSignal.timeout(5000),
        ...(body ? { body } : {}),
      });
      return { status: response.status, body: await response.text() };
    } catch {
      // The next one.
    }
  }
  return { status: 500, body: 'No cluster leader' };
}

function answer(
  request: ServiceRequest,
  config: ClientConfig,
  nodeId: string,
  tasks: Tasks,
): Reply | Promise<Reply> {
  const token = request.headers['x-nomad-token'];
  const sent = typeof token === 'string' ? token : undefined;
  const running = tasks.ids().filter((id) => tasks.statusOf(id).client === 'running').length;
  if (request.path === '/v1/metrics')
    return {
      status: 200,
      body: {
        Gauges: ['running', 'pending', 'blocked', 'migrating', 'terminal'].map((state) => ({
          Name: `nomad.client.allocations.${state}`,
          Value: state === 'running' ? running : 0,
          Labels: { node_id: nodeId },
        })),
      },
    };
  if (request.path === '/v1/agent/self')
    return config.acl.enabled && !sent
      ? { status: 403, body: 'Permission denied' }
      : { status: 200, body: { stats: { client: { node_id: nodeId } } } };
  const query = request.query.size > 0 ? `?${request.query}` : '';
  return forward(config, request.method, `${request.path}${query}`, request.body || undefined, sent);
}

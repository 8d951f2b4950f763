/** The network of tasks: nothing but the stand-ins of a test, at the addresses where a task asks for them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Relay, startRelay } from '../../local/cloud/relay';

export interface Place {
  host: string;
  port: number;
  /** Where it is on this host's loopback. */
  servedAt: number;
}

export interface TaskNetwork {
  /** For nsenter. */
  namespace: string;
  stop: () => Promise<void>;
}

export async function startNetwork(places: Place[]): Promise<TaskNetwork> {
  const folder = mkdtempSync(join(tmpdir(), 'muster-task-network-'));
  const relays: Relay[] = [];
  const words: string[] = [];
  for (const { host, port, servedAt } of places) {
    const path = join(folder, `${servedAt}.sock`);
    relays.push(await startRelay({ path }, { host: '127.0.0.1', port: servedAt }));
    words.push(host, String(port), path);
  }
  const inside = spawn(
    'setpriv',
    [
      ...['--pdeathsig', 'KILL', 'unshare', '--net', join(__dirname, 'network.sh')],
      ...[process.execPath, '--import', 'tsx', join(__dirname, 'network-process.ts'), ...words],
    ],
    { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  );
  const ended = once(inside, 'exit');
  await Promise.race([
    once(inside, 'message'),
    ended.then(() => Promise.reject(new Error('The network of tasks did not start.'))),
  ]);
  return {
    namespace: `/proc/${inside.pid}/ns/net`,
    stop: async () => {
      inside.kill('SIGKILL');
      await ended;
      await Promise.all(relays.map((relay) => relay.stop()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

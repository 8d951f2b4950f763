/** The processes that the host starts for a local cloud. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { BRIDGE, METADATA_ADDRESS, PROJECT_DIR } from './layout';

/** The services of the cloud in new namespaces; the kernel ends them with this process. */
export function spawnInside(settingsFile: string, cgroup: string): ChildProcess {
  const address = `${BRIDGE.gateway}/${BRIDGE.prefix}`;
  const namespaces = ['--net', '--mount', '--pid', '--fork', '--kill-child=KILL', '--mount-proc'];
  const service = [process.execPath, '--import', 'tsx', join(__dirname, 'inside.ts'), settingsFile];
  return spawn(
    'setpriv',
    [
      ...['--pdeathsig', 'KILL', 'unshare', ...namespaces, join(__dirname, 'init.sh')],
      ...[BRIDGE.bridge, address, METADATA_ADDRESS, cgroup, ...service],
    ],
    // A session of its own: Ctrl-C is for the owner, who then stops the cloud in order.
    { cwd: PROJECT_DIR, stdio: ['pipe', 'pipe', 'pipe'], detached: true },
  );
}

/** Outlives this process by a moment, to remove what the kernel leaves of a cgroup. */
export const spawnJanitor = (cgroup: string): ChildProcess =>
  spawn(join(__dirname, 'janitor.sh'), [cgroup], { stdio: ['pipe', 'ignore', 'inherit'], detached: true });

/** Resolves when the services answer; rejects when they end before that. */
export function awaitReady(child: ChildProcess, onLog: (line: string) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const last: string[] = [];
    const onLine = (line: string) => {
      if (line === 'muster-cloud-ready') return resolve();
      last.push(line);
      onLog(line);
    };
    for (const stream of [child.stdout, child.stderr])
      if (stream) createInterface({ input: stream }).on('line', onLine);
    child.once('error', reject);
    child.once('close', (code) =>
      reject(new Error(`The local cloud did not start (code ${code}): ${last.slice(-5).join('\n')}`)),
    );
  });
}

/** Its exit code, at once when it has ended. */
export const exited = (child: ChildProcess) =>
  new Promise<number | null>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode);
    else child.once('exit', resolve);
  });

/** Puts a machine that is just powered on into the network of its cloud. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Machines reach the bridge, not each other. The port appears a moment after nspawn starts. */
export async function connectMachine(privateIp: string, bridge: string): Promise<void> {
  await run('ip', ['route', 'replace', `${privateIp}/32`, 'dev', bridge]);
  // The address may have been another machine's a moment ago: answers must not go to that one.
  await run('ip', ['neigh', 'flush', 'to', privateIp, 'dev', bridge]).catch(() => {});
  for (let attempt = 0; attempt < 20; attempt++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const { stdout } = await run('ip', ['-json', 'link', 'show', 'master', bridge]);
    for (const { ifname } of JSON.parse(stdout || '[]') as { ifname: string }[])
      await run('bridge', ['link', 'set', 'dev', ifname, 'isolated', 'on']).catch(() => {});
  }
}

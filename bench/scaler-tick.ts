/**
 * One tick in a process of its own, as Lambda runs it. Arguments: `scaler <directory of the package>`, or
 * `requests <url of the CI> <fleets>` for the baseline: the same questions to the CI, bare, forty at once.
 * Prints one line of JSON: milliseconds, of these on the CPU, troubles, and peak memory in MB.
 */
import { join } from 'node:path';

async function ask(url: string, fleets: number): Promise<void> {
  const open = Array.from({ length: fleets * 2 }, (_, i) => i);
  const worker = async () => {
    for (let i = open.pop(); i !== undefined; i = open.pop()) {
      const path = i % 2 ? 'tasks' : 'tasks/running';
      await (await fetch(`${url}/api/v3/runner/${path}?resource-class=acme%2Ff${i}`)).json();
    }
  };
  await Promise.all(Array.from({ length: 40 }, worker));
}

async function main([kind, where = '', fleets]: string[]) {
  const begin = performance.now();
  const loaded = process.cpuUsage();
  let late = 0;
  if (kind === 'requests') await ask(where, Number(fleets));
  else {
    const { handler } = require(join(where, 'index.js'));
    // On a busy machine some fleets run out of time: a result to show, not an end.
    await handler({}, { getRemainingTimeInMillis: () => 1_000 }).catch((error: Error) => {
      late = Number(/and (\d+) more/.exec(error.message)?.[1] ?? 0) + error.message.split('\n').length - 1;
    });
  }
  const ms = Math.round(performance.now() - begin);
  // Last, after the lines that the scaler logs.
  const { user, system } = process.cpuUsage(loaded);
  const cpu = Math.round((user + system) / 1000);
  console.log(JSON.stringify({ ms, cpu, late, mb: Math.round(process.resourceUsage().maxRSS / 1024) }));
}
if (require.main === module) void main(process.argv.slice(2));

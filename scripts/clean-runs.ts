/** Ends what local runs left behind that nobody owns any more. Part of make clean. */
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isAlive, readOwner } from '../local/cloud/owner';
import { cleanStaleRuns } from '../local/cloud/stale-runs';
import { ExpectedError } from './expected-error';
import { runScript } from './run-script';

runScript(async () => {
  const runs = resolve('.muster', 'run');
  if (!existsSync(runs)) return;
  const alive = readdirSync(runs).filter((name) => {
    const owner = readOwner(join(runs, name));
    return owner !== null && isAlive(owner);
  });
  if (alive.length > 0) {
    throw new ExpectedError(
      `A local cloud is running (.muster/run/${alive.join(', ')}). End it first (Ctrl-C in its terminal).`,
    );
  }
  const cleaned = await cleanStaleRuns(runs);
  console.log(`${cleaned.length} ended runs checked for leftovers`);
});

/** Cleans up after runs whose owner died without doing it: what `kill -9` cannot take along, the next run removes. */
import { existsSync, readdirSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { runFiles } from './layout';
import { foldersOf, processesOf } from './leftovers';
import { isAlive, readOwner } from './owner';

/** Runs whose logs are kept, the newest. */
const KEEP = 5;

function removeCgroup(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) removeCgroup(join(folder, entry.name));
  rmdirSync(folder);
}

function killAll(cgroup: string): void {
  for (const pid of processesOf(cgroup)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It was gone before.
    }
  }
}

/** Ends what is left of one run; its logs stay. */
export async function cleanRun(runDir: string): Promise<void> {
  const owner = readOwner(runDir);
  if (!owner || isAlive(owner)) return;
  for (let tries = 0; tries < 50 && processesOf(owner.cgroup).length > 0; tries++) {
    killAll(owner.cgroup);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  for (const folder of foldersOf(owner.cgroup)) removeCgroup(folder);
  rmSync(runFiles(runDir).sockets, { recursive: true, force: true });
}

/** Cleans every run below this folder that nobody owns any more, and forgets all but the newest few. */
export async function cleanStaleRuns(runsDir: string): Promise<string[]> {
  if (!existsSync(runsDir)) return [];
  const runs = readdirSync(runsDir)
    .map((name) => join(runsDir, name))
    .filter((runDir) => existsSync(runFiles(runDir).owner))
    .sort((one, other) => statSync(other).mtimeMs - statSync(one).mtimeMs);
  const stale = runs.filter((runDir) => {
    const owner = readOwner(runDir);
    return owner !== null && !isAlive(owner);
  });
  for (const runDir of stale) await cleanRun(runDir);
  for (const runDir of stale.slice(KEEP)) rmSync(runDir, { recursive: true, force: true });
  return stale;
}

/** Cleans up after runs whose owner died without doing it: what `kill -9` cannot take along, the next run removes. */
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cgroupFolders, findCgroups, removeCgroup } from '../machines/cgroups';
import { runFiles } from './layout';
import { processesOf } from './leftovers';
import { closeOwner, isAlive, readOwner } from './owner';

/** Runs whose logs are kept, the newest. */
const KEEP = 5;
const ORPHAN_MS = 60_000;

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
  for (const folder of cgroupFolders(owner.cgroup)) removeCgroup(folder);
  rmSync(runFiles(runDir).sockets, { recursive: true, force: true });
  closeOwner(runDir, owner);
}

/** Empty cgroups of bakes and clouds whose run folder is gone too; a young one may be about to be used. */
function removeOrphanedCgroups(): void {
  const old = findCgroups(/^muster-[0-9a-f]{8}$/).filter(
    (folder) => Date.now() - statSync(folder).mtimeMs > ORPHAN_MS,
  );
  for (const folder of old) if (processesOf(basename(folder)).length === 0) removeCgroup(folder);
}

/** Cleans up after runs that died, forgets all but the newest few; returns the folders of those that died. */
export async function cleanStaleRuns(runsDir: string): Promise<string[]> {
  removeOrphanedCgroups();
  if (!existsSync(runsDir)) return [];
  const over = readdirSync(runsDir)
    .map((name) => join(runsDir, name))
    .sort((one, other) => statSync(other).mtimeMs - statSync(one).mtimeMs)
    .flatMap((runDir) => {
      const owner = readOwner(runDir);
      return owner && !isAlive(owner) ? [{ runDir, died: owner.finishedAt === null }] : [];
    });
  const died = over.filter((run) => run.died).map(({ runDir }) => runDir);
  for (const runDir of died) await cleanRun(runDir);
  for (const { runDir } of over.slice(KEEP)) rmSync(runDir, { recursive: true, force: true });
  return died;
}

/** cgroups of ours, in each hierarchy: with cgroup v1 there are several. */
import { existsSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = '/sys/fs/cgroup';

export function cgroupFolders(name: string): string[] {
  if (!existsSync(ROOT)) return [];
  const roots = [ROOT, ...readdirSync(ROOT).map((entry) => join(ROOT, entry))];
  return roots.map((root) => join(root, name)).filter((folder) => existsSync(folder));
}

/** Removes a cgroup and those below it; one that still has processes stays, for a later check to find. */
export function removeCgroup(folder: string): void {
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true }))
      if (entry.isDirectory()) removeCgroup(join(folder, entry.name));
    rmdirSync(folder);
  } catch {
    // Not there any more, or in use.
  }
}

/** cgroups of ours, in each hierarchy: with cgroup v1 there are several. */
import { existsSync, readdirSync, rmdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

const ROOT = '/sys/fs/cgroup';

const hierarchies = (): string[] =>
  existsSync(ROOT) ? [ROOT, ...readdirSync(ROOT).map((entry) => join(ROOT, entry))] : [];

export const cgroupFolders = (name: string): string[] =>
  hierarchies()
    .map((root) => join(root, name))
    .filter((folder) => existsSync(folder));

/** Top-level cgroups with such a name. */
export const findCgroups = (name: RegExp): string[] =>
  hierarchies()
    .filter((root) => statSync(root).isDirectory())
    .flatMap((root) => readdirSync(root).map((entry) => join(root, entry)))
    .filter((folder) => name.test(basename(folder)));

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

/**
 * The disk of a machine: what it changed of its image. In memory, in the cloud's own /run: it outlives a boot, as the
 * disk of a stopped instance does, and not the cloud. boot-machine.sh lays it over the image.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

const MACHINES = '/run/muster';

export function makeDisk(instanceId: string): string {
  const disk = join(MACHINES, instanceId, 'disk');
  rmSync(disk, { recursive: true, force: true });
  for (const folder of ['upper', 'work']) mkdirSync(join(disk, folder), { recursive: true });
  // An overlay, which docker wants, cannot lie on an overlay: docker's data has a folder of its own.
  mkdirSync(join(disk, 'docker'), { mode: 0o710 });
  return disk;
}

/**
 * Nothing of it is mounted any more: each boot has mounts of its own, which ended with it. What a machine ran when its power was
 * cut may still write for a moment, and then a folder is not empty.
 */
export const removeDisk = (instanceId: string): Promise<void> =>
  rm(join(MACHINES, instanceId), { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });

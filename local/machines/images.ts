/** The folder of baked images: which is the newest, and which are old enough to go. */
import { readdirSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Besides the one just made; about 1 GB each. */
const KEEP_IMAGES = 3;

/** `current` is the image that was asked for last. */
export function pointToCurrent(images: string, hash: string): void {
  const link = join(images, 'current');
  const fresh = `${link}.${process.pid}`;
  rmSync(fresh, { force: true });
  symlinkSync(hash, fresh);
  renameSync(fresh, link);
}

/** Older images go, the newest few stay: a cloud may still run from them, and going back needs no bake. */
export function removeOldImages(images: string, hash: string): void {
  const old = readdirSync(images)
    .filter((name) => /^[0-9a-f]{16}$/.test(name) && name !== hash)
    .sort((one, other) => statSync(join(images, other)).ctimeMs - statSync(join(images, one)).ctimeMs);
  for (const name of old.slice(KEEP_IMAGES)) rmSync(join(images, name), { recursive: true, force: true });
}

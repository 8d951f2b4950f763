/** The baked image that the tests boot: what `make local` would boot, baked when it is not there or out of date. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const imageRootfs =
  process.env.MUSTER_TEST_ROOTFS ?? join(resolve(__dirname, '../../..'), '.muster/images/current/rootfs');

export function readRootfs(): string {
  if (!existsSync(imageRootfs))
    throw new Error(`There is no baked image at ${imageRootfs}: run make local, which bakes it.`);
  return imageRootfs;
}

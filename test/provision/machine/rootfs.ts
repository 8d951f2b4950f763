/** The image that the tests boot: the one that `make local` boots, baked when it is not there or out of date. */
import { resolve } from 'node:path';
import { readConfig } from '../../../config/load';
import { bakeImage } from '../../../local/machines/bake';
import { isRoot } from '../../as-root';

const project = resolve(__dirname, '../../..');

/** For beforeAll: a bake takes a minute or two, and its base as long again. */
export const BAKE_MS = 900_000;

export async function readRootfs(): Promise<string> {
  // For whoever changes provision/rootfs and tries it out without a bake.
  if (process.env.MUSTER_TEST_ROOTFS) return process.env.MUSTER_TEST_ROOTFS;
  const config = readConfig({ environment: 'local', directory: `${project}/config` });
  const definition = config.images.runner;
  if (!definition) throw new Error('config/local.yaml defines no image runner: these tests boot it.');
  const quiet = () => undefined;
  const image = await bakeImage({ environment: 'local', image: 'runner', definition, onLog: quiet });
  return image.rootfs;
}

/** The image that a file's tests boot: `{ ...image }` in what bootMachine is given. There is none where they are skipped. */
export function useImage(): { rootfs: string } {
  const image = { rootfs: '' };
  if (isRoot)
    beforeAll(async () => {
      image.rootfs = await readRootfs();
    }, BAKE_MS);
  return image;
}

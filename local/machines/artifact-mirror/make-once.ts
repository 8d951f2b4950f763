/** Files that the mirror serves, each made once for its inputs. */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hashValue } from '../content-hash';

/** Same bytes for the same content. */
export const TAR = [
  '--sort=name',
  '--mtime=@0',
  '--owner=0',
  '--group=0',
  '--numeric-owner',
  '--mode=u+rwX,go+rX',
];
export const COMPRESS = '--use-compress-program=gzip --no-name -1';

export async function makeOnce(
  folder: string,
  name: string,
  inputs: unknown,
  make: (target: string) => Promise<void>,
) {
  const file = join(folder, hashValue(inputs), name);
  if (existsSync(file)) return file;
  mkdirSync(dirname(file), { recursive: true });
  const scratch = mkdtempSync(join(folder, '.making-'));
  try {
    await make(join(scratch, name));
    renameSync(join(scratch, name), file);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return file;
}

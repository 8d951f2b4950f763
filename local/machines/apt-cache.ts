/**
 * Keeps the packages that a bake downloads for the next one. By hard links, so that the bake's own `apt-get clean`
 * takes away its links and not the cache's files.
 */
import { copyFileSync, existsSync, linkSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const ARCHIVES = join('var', 'cache', 'apt', 'archives');
/** apt keeps what it downloaded until the end of the transaction, which takes many seconds. */
const LOOK_EVERY_MS = 500;

const packagesIn = (folder: string) =>
  existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.deb')) : [];

function link(from: string, to: string): void {
  if (existsSync(to)) return;
  try {
    linkSync(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Gone since it was listed, or another file system.
    if (code === 'EXDEV') copyFileSync(from, to);
    else if (code !== 'ENOENT' && code !== 'EEXIST') throw error;
  }
}

/** Puts what is kept where apt looks; returns the folder that keeps. */
export function offerPackages(stateDir: string, rootfs: string): string {
  const kept = join(stateDir, 'apt-cache', 'archives');
  const archives = join(rootfs, ARCHIVES);
  for (const folder of [kept, archives]) mkdirSync(folder, { recursive: true });
  for (const name of packagesIn(kept)) link(join(kept, name), join(archives, name));
  return kept;
}

/** Keeps packages as they come, until the returned function is called. */
export function keepPackages(rootfs: string, kept: string): () => void {
  const archives = join(rootfs, ARCHIVES);
  const look = () => {
    for (const name of packagesIn(archives)) link(join(archives, name), join(kept, name));
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  return () => clearInterval(timer);
}

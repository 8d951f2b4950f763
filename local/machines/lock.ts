/** One maker at a time: the second waits for the first, and takes over when that has died. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readStartTime } from '../cloud/owner';

const POLL_MS = 500;

const isHeld = (lock: string): boolean => {
  try {
    const [pid, startTime] = readFileSync(join(lock, 'owner'), 'utf8').split(' ');
    return readStartTime(Number(pid)) === startTime;
  } catch {
    return false;
  }
};

/** Removes what makers that died left half made below a folder: `<name>.building` beside `<name>.lock`. */
export function removeAbandoned(folder: string): void {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  for (const name of names.filter((one) => one.endsWith('.building'))) {
    const building = join(folder, name);
    const lock = building.replace(/\.building$/, '.lock');
    if (!isHeld(lock)) rmSync(building, { recursive: true, force: true });
  }
}

/** Makes something while holding `<name>.lock`. */
export async function withLock<T>(lock: string, onWait: () => void, make: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(lock), { recursive: true });
  for (let waited = false; ; waited = true) {
    try {
      mkdirSync(lock);
      break;
    } catch {
      // A lock without an owner is a moment old, or dead: look again before taking it away.
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      if (!isHeld(lock)) rmSync(lock, { recursive: true, force: true });
      else if (!waited) onWait();
    }
  }
  try {
    writeFileSync(join(lock, 'owner'), `${process.pid} ${readStartTime(process.pid)}`);
    return await make();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

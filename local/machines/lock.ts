/** One maker at a time: the second waits for the first, and takes over when that has died. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { readStartTime } from '../cloud/owner';

const POLL_MS = 500;
/** A maker in a local cloud is not seen from outside it: its lock is believed for as long as a bake may take. */
const UNSEEN_MINUTES = 30;

const pidNamespace = () => (existsSync('/proc/self/ns/pid') ? readlinkSync('/proc/self/ns/pid') : '');

const isHeld = (lock: string): boolean => {
  try {
    const owner = join(lock, 'owner');
    const [pid, startTime, namespace] = readFileSync(owner, 'utf8').split(' ');
    if (namespace && namespace !== pidNamespace())
      return Date.now() - statSync(owner).mtimeMs < UNSEEN_MINUTES * 60_000;
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
    writeFileSync(join(lock, 'owner'), `${process.pid} ${readStartTime(process.pid)} ${pidNamespace()}`);
    return await make();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

/** Keeps on disk what was read, so that who is interrupted goes on from there. Nothing in it is secret. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { PastJob, Window } from './past-job';

export interface Journal {
  readonly window: Window;
  /** Pieces that an earlier run has read. */
  readonly kept: number;
  find(key: string): readonly PastJob[] | undefined;
  add(key: string, jobs: readonly PastJob[]): void;
  remove(): void;
}

/** Later than this what was read is too old to go on with. */
const KEEP_MS = 12 * 3_600_000;

type Head = Window & { of: string };
interface Piece {
  key: string;
  jobs: PastJob[];
}

/**
 * @param of what is read: one that was begun for something else is begun anew
 * @param window what is read unless an earlier run is gone on with, which has its own
 */
export function openJournal(file: string, of: string, window: Window): Journal {
  const earlier = read(file);
  const goesOn = earlier?.head.of === of && window.until - earlier.head.until < KEEP_MS;
  const head: Head = goesOn ? earlier.head : { of, ...window };
  const pieces = new Map(goesOn ? earlier.pieces.map(({ key, jobs }) => [key, jobs]) : []);
  mkdirSync(dirname(file), { recursive: true });
  // Anew, without a line that broke off.
  const lines = [head, ...[...pieces].map(([key, jobs]) => ({ key, jobs }))];
  writeFileSync(`${file}.new`, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  renameSync(`${file}.new`, file);
  return {
    window: { since: head.since, until: head.until },
    kept: pieces.size,
    find: (key) => pieces.get(key),
    add(key, jobs) {
      appendFileSync(file, `${JSON.stringify({ key, jobs })}\n`);
    },
    remove: () => rmSync(file, { force: true }),
  };
}

function read(file: string): { head: Head; pieces: Piece[] } | undefined {
  if (!existsSync(file)) return undefined;
  const [head, ...pieces] = readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line): unknown[] => {
      try {
        return [JSON.parse(line)];
      } catch {
        return [];
      }
    });
  return head ? { head: head as Head, pieces: pieces as Piece[] } : undefined;
}

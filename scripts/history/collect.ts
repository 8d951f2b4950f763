import type { Journal } from './journal';
import type { PastJob } from './past-job';

/** What is read as one, and kept when it was read. */
export interface Piece {
  /** Unique among the CIs. */
  key: string;
  /** How far back the reading is now, milliseconds since 1970; undefined when it does not go by time. */
  at?: number;
  read(): Promise<PastJob[]>;
}

/** Pieces under way at once; the requests have a limit of their own. */
const AT_ONCE = 8;

/** The jobs of all pieces: those that an earlier run has read are not read again. */
export async function collect(
  pieces: AsyncIterable<Piece>,
  journal: Journal,
  onRead: (piece: Piece, jobs: readonly PastJob[]) => void,
): Promise<PastJob[]> {
  const found: PastJob[] = [];
  const underWay = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const take = (piece: Piece, jobs: readonly PastJob[]) => {
    found.push(...jobs);
    onRead(piece, jobs);
  };
  for await (const piece of pieces) {
    const kept = journal.find(piece.key);
    if (kept) {
      take(piece, kept);
      continue;
    }
    const work: Promise<void> = piece
      .read()
      .then(
        (jobs) => {
          journal.add(piece.key, jobs);
          take(piece, jobs);
        },
        (error: unknown) => {
          failures.push(error);
        },
      )
      .finally(() => underWay.delete(work));
    underWay.add(work);
    if (underWay.size >= AT_ONCE) await Promise.race(underWay);
    if (failures.length > 0) break;
  }
  await Promise.all(underWay);
  if (failures.length > 0) throw failures[0];
  return found;
}

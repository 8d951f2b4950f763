/** The log of a job as its runner sends it, piece by piece. */
import { appendFileSync, existsSync, statSync, truncateSync } from 'node:fs';

export const sizeOfLog = (file: string): number => (existsSync(file) ? statSync(file).size : 0);

/** A piece replaces what was there from its offset on, so that one that is sent twice is written once. False: a gap. */
export function putInLog(file: string, offset: number, piece: Buffer): boolean {
  const size = sizeOfLog(file);
  if (offset > size) return false;
  if (offset < size) truncateSync(file, offset);
  appendFileSync(file, piece);
  return true;
}

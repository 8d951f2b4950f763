/** Zips so that the same files give the same bytes on every machine and day. */
import { type Zippable, zipSync } from 'fflate';

/** Zip knows no time zone: built from local fields, this is the same 1980-01-01 everywhere. */
const EPOCH = new Date(1980, 0, 1);
const UNIX = 3;
const REGULAR_FILE = 0o100000;
const READABLE_BY_ALL = 0o644;
const EXECUTABLE_BY_ALL = 0o755;

export interface ZipEntry {
  content: Uint8Array;
  executable?: boolean;
}

/** @param entries by path in the archive, in its order */
export function zipAlike(entries: Record<string, ZipEntry>): Uint8Array {
  const files: Zippable = {};
  for (const [path, { content, executable }] of Object.entries(entries)) {
    const mode = REGULAR_FILE | (executable ? EXECUTABLE_BY_ALL : READABLE_BY_ALL);
    // Shifted, the type of the file reaches the sign bit: a zip wants it unsigned.
    files[path] = [content, { mtime: EPOCH, os: UNIX, attrs: (mode << 16) >>> 0, level: 9 }];
  }
  return zipSync(files);
}

/** Zips so that the same files give the same bytes on every machine and day. */
import { type Zippable, zipSync } from 'fflate';

/** Zip knows no time zone: built from local fields, this is the same 1980-01-01 everywhere. */
const EPOCH = new Date(1980, 0, 1);
const UNIX = 3;
/** Type and permissions, as git checks files out with the usual umask. */
const MODES = { plain: 0o100644, executable: 0o100755, link: 0o120777 };

export interface ZipEntry {
  /** Of a link: where it points. */
  content: Uint8Array;
  kind: keyof typeof MODES;
}

/** @param entries by path in the archive, in its order */
export function zipAlike(entries: Record<string, ZipEntry>): Uint8Array {
  const files: Zippable = {};
  for (const [path, { content, kind }] of Object.entries(entries)) {
    // Unsigned: the type of the file reaches the sign bit.
    files[path] = [content, { mtime: EPOCH, os: UNIX, attrs: (MODES[kind] << 16) >>> 0, level: 6 }];
  }
  return zipSync(files);
}

/** What a thing was made from, as one number: the same inputs need no second making. */
import { createHash } from 'node:crypto';
import { createReadStream, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

export async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** Names, contents and executable bits of everything below a folder; times and owners do not count. */
export function hashFolder(folder: string): string {
  const hash = createHash('sha256');
  const visit = (path: string, name: string): void => {
    const stat = lstatSync(path);
    if (stat.isDirectory()) {
      for (const entry of readdirSync(path).sort()) visit(join(path, entry), `${name}/${entry}`);
    } else if (stat.isSymbolicLink()) {
      hash.update(`${name}\0link\0${readlinkSync(path)}\0`);
    } else {
      hash
        .update(`${name}\0${stat.mode & 0o111 ? 'x' : '-'}\0`)
        .update(readFileSync(path))
        .update('\0');
    }
  };
  visit(folder, '.');
  return hash.digest('hex');
}

/** 16 hexadecimal digits for a value that JSON can hold. */
export const hashValue = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const directories: string[] = [];
afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

/** A directory that is gone after the test file. */
export function makeTemporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'muster-test-'));
  directories.push(directory);
  return directory;
}

export function writeTemporaryFile(text: string): string {
  const file = join(makeTemporaryDirectory(), 'file');
  writeFileSync(file, text);
  return file;
}

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { makeRawConfig, type Raw } from './config';
import { makeTemporaryDirectory } from './temporary-file';

/** A folder with a perfect dev.yaml, one thing changed: for scripts that run as processes (MUSTER_CONFIG_DIR). */
export function writeConfigDirectory(deviate?: (raw: Raw) => void): string {
  const directory = makeTemporaryDirectory();
  writeFileSync(join(directory, 'dev.yaml'), stringify(makeRawConfig(deviate)));
  return directory;
}

/**
 * Builds the scaler's deployment package: one bundled file and its settings, zipped. The same sources and
 * settings give the same bytes on every machine and day, so that a plan without a change shows none.
 */

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { zipSync } from 'fflate';
import type { Config } from '../../config/schema';
import { BUNDLE, serialize } from '../../lambda/scaler/settings';
import { toSettings } from './to-settings';

export interface ScalerPackage {
  file: string;
  /** As AWS reports the hash of a function's code. */
  sha256Base64: string;
}

/** Zip knows no time zone: built from local fields, this is the same 1980-01-01 everywhere. */
const EPOCH = new Date(1980, 0, 1);
const READABLE_BY_ALL = 0o100644 << 16;
const UNIX = 3;

const ENTRY = join(__dirname, '../../lambda/scaler/index.ts');

export function publishScalerPackage({
  config,
  directory,
}: {
  config: Config;
  /** Holds the result: scaler/ (unpacked) and scaler.zip. */
  directory: string;
}): ScalerPackage {
  const unpacked = join(directory, 'scaler');
  mkdirSync(unpacked, { recursive: true });
  const code = join(unpacked, 'index.js');
  buildSync({
    entryPoints: [ENTRY],
    outfile: code,
    ...BUNDLE,
    mainFields: [...BUNDLE.mainFields],
    legalComments: 'none',
    logLevel: 'error',
  });
  writeFileSync(join(unpacked, 'settings.json'), serialize(toSettings(config)));

  const toEntry = (name: string) =>
    [
      readFileSync(join(unpacked, name)),
      { mtime: EPOCH, os: UNIX, attrs: READABLE_BY_ALL, level: 9 },
    ] as const;
  const zip = zipSync({
    'index.js': [...toEntry('index.js')],
    'settings.json': [...toEntry('settings.json')],
  });
  const file = join(directory, 'scaler.zip');
  writeFileSync(file, zip);
  return { file, sha256Base64: createHash('sha256').update(zip).digest('base64') };
}

/** provision/pins.env and the lines that replace some of it. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

export type Pins = Map<string, string>;

export interface Artifact {
  /** Prefix of its keys in provision/pins.env. */
  pin: string;
  version: string;
  /** The architecture in the project's own word. */
  arch: string;
  file: string;
  sha256: string;
}

export function parsePins(text: string): Pins {
  const lines = text.split('\n').filter((line) => /^\w+=/.test(line));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

export const readPins = (file: string): Pins => parsePins(readFileSync(file, 'utf8'));

/** The override that makes a bake download from the mirror. */
export const toOverride = (artifacts: Artifact[], mirrorUrl: string): string =>
  artifacts
    .flatMap(({ pin, version, arch, file, sha256 }) => [
      `${pin}_VERSION=${version}`,
      `${pin}_URL=${mirrorUrl}/${basename(file)}`,
      `${pin}_SHA256_${arch}=${sha256}`,
      '',
    ])
    .join('\n');

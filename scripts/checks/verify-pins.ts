import { readFileSync } from 'node:fs';
import type { ImageConfig } from '../../config/schema';
import { ExpectedError } from '../expected-error';
import { toDebianArchitecture } from '../packer-variables';

/** Pins that the bake would stop at after minutes are missed here at once. */
export function verifyPins(files: string[], { agents, architecture }: ImageConfig): string {
  const pins = Object.assign({}, ...files.map((file) => parsePins(readFileSync(file, 'utf8'))));
  const missing = agents
    .map((agent) => `${agent.toUpperCase()}_RUNNER_SHA256_${toDebianArchitecture(architecture)}`)
    .filter((key) => !pins[key]);
  if (missing.length > 0) {
    throw new ExpectedError(
      `No checksum is pinned: ${missing.join(', ')}. CircleCI publishes none, so pin your own in provision/pins.env, or in a file given as PINS=…; provision/pins.env says how.`,
    );
  }
  return `${Object.keys(pins).length} lines`;
}

/** KEY=value lines; comments and blank lines are skipped. */
export function parsePins(text: string): Record<string, string> {
  const lines = text.split('\n').flatMap((line) => {
    const match = /^([A-Za-z_]\w*)=(.*)$/.exec(line.trim());
    return match ? [[match[1] ?? '', match[2] ?? '']] : [];
  });
  return Object.fromEntries(lines);
}

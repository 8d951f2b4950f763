import { readFileSync } from 'node:fs';
import type { ImageConfig } from '../../config/schema';
import { ExpectedError } from '../expected-error';

/** As each project calls the two architectures. The other agents and toolchains are packages of Debian. */
const DEBIAN = { x86_64: 'amd64', arm64: 'arm64' };
const PINNED: Record<string, { pin: string; names: Record<ImageConfig['architecture'], string> }> = {
  circleci: { pin: 'CIRCLECI_RUNNER', names: DEBIAN },
  gitlab: { pin: 'GITLAB_RUNNER', names: DEBIAN },
  github: { pin: 'ACTIONS_RUNNER', names: { x86_64: 'x64', arm64: 'arm64' } },
  node: { pin: 'NODE', names: { x86_64: 'x64', arm64: 'arm64' } },
  go: { pin: 'GO', names: DEBIAN },
  rust: { pin: 'RUST', names: { x86_64: 'x86_64', arm64: 'aarch64' } },
};

/** What goes into an image, by the names of the config; `github` is the runner of a container. */
interface Pinning {
  agents: readonly string[];
  toolchains: readonly string[];
  architecture: ImageConfig['architecture'];
}

/** Pins that the bake would stop at after minutes are missed here at once. */
export function verifyPins(files: string[], { agents, toolchains, architecture }: Pinning): string {
  const pins = Object.assign({}, ...files.map((file) => parsePins(readFileSync(file, 'utf8'))));
  const missing = [...agents, ...toolchains]
    .flatMap((name) => PINNED[name] ?? [])
    .map(({ pin, names }) => `${pin}_SHA256_${names[architecture]}`)
    .filter((key) => !pins[key]);
  if (missing.length > 0) {
    throw new ExpectedError(
      `No checksum is pinned: ${missing.join(', ')}. CircleCI publishes none: make bump sums its download, or pin your own in provision/pins.env, or in a file given as PINS=…; provision/pins.env says how.`,
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

/**
 * What `make runner-image` needs of a local cloud: a storage, a base image that is here, and the runner's archive from a
 * mirror. All of it comes as environment variables; two of them are also an operator's (BASE_IMAGE, PINS).
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_DIR } from '../cloud/layout';
import { verifyHost } from '../cloud/prerequisites';
import { makeArtifacts } from '../machines/artifact-mirror/artifacts';
import { type Artifact, readPins, toOverride } from '../machines/artifact-mirror/pins';
import { startMirror } from '../machines/artifact-mirror/server';
import { getBase } from '../machines/base';
import { withLock } from '../machines/lock';
import { getBaseImage } from './base-image';
import { makeRunnerArchive } from './runner-archive';
import { makeStorage } from './storage';

const BUILD_PROGRAMS = { podman: 'podman', debootstrap: 'debootstrap', 'dpkg-deb': 'dpkg' };

export interface BuilderRequest {
  /** .muster of the project, unless told otherwise. */
  stateDir?: string;
  toolchains: readonly string[];
  log: (line: string) => void;
  signal?: AbortSignal;
}

export interface Builder {
  environment: Record<string, string>;
  /** Of everything that an image is made from, besides the project's own files. */
  inputs: unknown[];
  /** Ends the mirror: nothing can be built afterwards. */
  stop: () => Promise<void>;
}

export async function startBuilder(request: BuilderRequest): Promise<Builder> {
  verifyHost(BUILD_PROGRAMS);
  const stateDir = request.stateDir ?? join(PROJECT_DIR, '.muster');
  const node = process.execPath;
  const pins = readPins(join(PROJECT_DIR, 'provision', 'pins.env'));
  const artifactsDir = join(stateDir, 'artifacts');
  const artifacts: Artifact[] = [
    ...(await makeArtifacts(artifactsDir, pins, node, request.toolchains)),
    await makeRunnerArchive(artifactsDir, pins),
  ];
  const base = await getBase({ stateDir, node, log: request.log, signal: request.signal });
  const folder = join(stateDir, 'containers');
  const storage = makeStorage(folder);
  const reference = await withLock(
    join(folder, 'import.lock'),
    () => request.log('waiting for another import of the base'),
    () => getBaseImage(base, { ...process.env, ...storage }),
  );
  const work = mkdtempSync(join(folder, 'work-'));
  const mirror = await startMirror(artifacts);
  const pinsFile = join(work, 'pins.env');
  writeFileSync(pinsFile, toOverride(artifacts, mirror.url));
  return {
    environment: { ...storage, BUILDER: 'podman', BASE_IMAGE: reference, PINS: pinsFile },
    inputs: [base.hash, artifacts.map(({ pin, version, sha256 }) => [pin, version, sha256])],
    stop: async () => {
      await mirror.stop();
      rmSync(work, { recursive: true, force: true });
    },
  };
}

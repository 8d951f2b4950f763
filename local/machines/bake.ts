/**
 * Bakes an image for the local cloud: the same Packer build as for AWS, on a machine that is a copy of the base. The
 * result is a root directory under .muster/images/<hash of all inputs>, made once; a bake that fails leaves no image.
 */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BOOT_CONTRACT } from '../../stacks/boot-environment';
import { PROJECT_DIR } from '../cloud/layout';
import { BAKE_PROGRAMS, verifyHost } from '../cloud/prerequisites';
import { makeArtifacts } from './artifact-mirror/artifacts';
import { readPins } from './artifact-mirror/pins';
import type { BakeRequest } from './bake-request';
import { bakeRootfs } from './bake-rootfs';
import { getBase } from './base';
import { hashFolder, hashValue } from './content-hash';
import { pointToCurrent, removeOldImages } from './images';
import { removeAbandoned, withLock } from './lock';

export interface BakedImage {
  rootfs: string;
  /** Of everything that it was made from. */
  hash: string;
  /** False: it was there. */
  baked: boolean;
  /** What the bake printed. */
  logFile: string;
}

const ARCHITECTURES: Record<string, string> = { x64: 'x86_64', arm64: 'arm64' };

function verifyArchitecture({ image, definition }: BakeRequest): void {
  const own = ARCHITECTURES[process.arch];
  if (own !== definition.architecture)
    throw new Error(
      `Image ${image} is for ${definition.architecture}, this machine is ${own ?? process.arch}: a local image runs on the processor that is here. Set architecture: ${own ?? 'x86_64'}.`,
    );
}

export async function bakeImage(request: BakeRequest): Promise<BakedImage> {
  verifyHost(BAKE_PROGRAMS);
  verifyArchitecture(request);
  const { onLog, image, definition } = request;
  const source = request.source ?? PROJECT_DIR;
  const stateDir = request.stateDir ?? join(PROJECT_DIR, '.muster');
  const node = process.execPath;
  const images = join(stateDir, 'images');
  for (const folder of [images, join(stateDir, 'base')]) removeAbandoned(folder);
  const artifacts = await makeArtifacts(
    join(stateDir, 'artifacts'),
    readPins(join(source, 'provision', 'pins.env')),
    node,
    definition.toolchains,
  );
  const base = await getBase({ stateDir, node, log: onLog, signal: request.signal });
  const hash = hashValue([
    image,
    // Not the rest of the definition: how many images are kept changes none of them.
    [definition.architecture, definition.agents, definition.toolchains],
    BOOT_CONTRACT,
    base.hash,
    ...['packer', 'provision'].map((folder) => hashFolder(join(source, folder))),
    artifacts.map(({ pin, version, sha256 }) => [pin, version, sha256]),
    request.pins ?? '',
  ]);
  const target = join(images, hash);
  const logFile = join(stateDir, 'logs', `bake-${hash}.log`);
  const result = { rootfs: join(target, 'rootfs'), hash, logFile };
  mkdirSync(dirname(logFile), { recursive: true });
  const baked = await withLock(
    `${target}.lock`,
    () => onLog('waiting for another bake of it'),
    async () => {
      if (existsSync(target)) return false;
      const building = `${target}.building`;
      rmSync(building, { recursive: true, force: true });
      writeFileSync(logFile, '');
      try {
        await bakeRootfs(building, { request, base: base.rootfs, artifacts, stateDir, logFile });
        renameSync(building, target);
      } finally {
        rmSync(building, { recursive: true, force: true });
      }
      return true;
    },
  );
  pointToCurrent(images, hash);
  removeOldImages(images, hash);
  return { ...result, baked };
}

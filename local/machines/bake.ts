/**
 * Bakes an image for the local cloud: the same Packer build as for AWS, on a machine that is a copy of the base. The
 * result is a root directory under .muster/images/<hash of all inputs>, made once; a bake that fails leaves no image.
 */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { ImageConfig } from '../../config/schema';
import { BOOT_CONTRACT } from '../../stacks/boot-environment';
import { PROJECT_DIR } from '../cloud/layout';
import { BAKE_PROGRAMS, verifyHost } from '../cloud/prerequisites';
import { keepPackages, offerPackages } from './apt-cache';
import { type Artifact, makeArtifacts } from './artifact-mirror/artifacts';
import { readPins, toOverride } from './artifact-mirror/pins';
import { startMirror } from './artifact-mirror/server';
import { type Base, getBase } from './base';
import { bootBuilder } from './builder';
import { hashFolder, hashValue } from './content-hash';
import { withLock } from './lock';
import { lendResolver, takeResolverBack } from './resolver';
import { inOwnNamespaces, runProgram } from './run-program';

export interface BakeRequest {
  environment: string;
  /** Key of `images` in the config, and what it says. */
  image: string;
  definition: ImageConfig;
  /** Folder of packer/ and provision/; default: this project. */
  source?: string;
  /** Folder for base, caches and images; default: .muster of this project. */
  stateDir?: string;
  /** HTTP proxy for the bake; the environment's http_proxy by default. */
  proxy?: string;
  /** Ends the bake. */
  signal?: AbortSignal;
  onLog: (line: string) => void;
}

export interface BakedImage {
  rootfs: string;
  /** Of everything that it was made from. */
  hash: string;
  /** False: it was there. */
  baked: boolean;
  /** What the bake printed. */
  logFile: string;
}

/** Besides the one just made; about 1 GB each. */
const KEEP_IMAGES = 3;
const ARCHITECTURES: Record<string, string> = { x64: 'x86_64', arm64: 'arm64' };

function verifyArchitecture({ image, definition }: BakeRequest): void {
  const own = ARCHITECTURES[process.arch];
  if (own !== definition.architecture)
    throw new Error(
      `Image ${image} is for ${definition.architecture}, this machine is ${own ?? process.arch}: a local image runs on the processor that is here. Set architecture: ${own ?? 'x86_64'}.`,
    );
}

const readCommit = (): string => {
  try {
    return execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], {
      cwd: PROJECT_DIR,
      encoding: 'utf8',
    }).trim();
  } catch {
    return 'unknown';
  }
};

/** Packer's variables; see packer/runner.pkr.hcl. */
function toVariables(request: BakeRequest, pinsFile: string, ssh: { port: number; key: string }) {
  const { environment, image, definition } = request;
  const proxy = request.proxy ?? process.env.http_proxy ?? '';
  return {
    environment,
    image,
    architecture: definition.architecture,
    agents: definition.agents.join(','),
    toolchains: definition.toolchains.join(','),
    git_commit: readCommit(),
    contract: String(BOOT_CONTRACT),
    pins_override: pinsFile,
    proxy,
    no_proxy: proxy ? `127.0.0.1,localhost${process.env.no_proxy ? `,${process.env.no_proxy}` : ''}` : '',
    ssh_host: '127.0.0.1',
    ssh_port: ssh.port,
    ssh_private_key_file: ssh.key,
  };
}

/** Older images go, the newest few stay: a cloud may still run from them, and going back needs no bake. */
function removeOldImages(images: string, hash: string): void {
  const old = readdirSync(images)
    .filter((name) => /^[0-9a-f]{16}$/.test(name) && name !== hash)
    .sort((one, other) => statSync(join(images, other)).ctimeMs - statSync(join(images, one)).ctimeMs);
  for (const name of old.slice(KEEP_IMAGES)) rmSync(join(images, name), { recursive: true, force: true });
}

/** Bakes in `building`, which is the image afterwards. */
async function bakeIn(
  building: string,
  request: BakeRequest,
  base: Base,
  artifacts: Artifact[],
  logFile: string,
) {
  const { onLog, signal } = request;
  const stateDir = request.stateDir ?? join(PROJECT_DIR, '.muster');
  const source = request.source ?? PROJECT_DIR;
  const rootfs = join(building, 'rootfs');
  const work = join(building, 'work');
  mkdirSync(work, { recursive: true });
  onLog('copying the base');
  await runProgram('cp', ['--archive', '--reflink=auto', base.rootfs, rootfs]);
  lendResolver(rootfs);
  const stopKeeping = keepPackages(rootfs, offerPackages(stateDir, rootfs));
  const mirror = await startMirror(artifacts);
  const builder = await bootBuilder(rootfs, work);
  const abort = () => void builder.discard();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    const pinsFile = join(work, 'pins-override.env');
    writeFileSync(pinsFile, toOverride(artifacts, mirror.url));
    const variables = toVariables(request, pinsFile, { port: builder.sshPort, key: builder.privateKeyFile });
    const varFile = join(work, 'variables.json');
    writeFileSync(varFile, JSON.stringify(variables, null, 2));
    const template = join(source, 'packer', 'runner.pkr.hcl');
    onLog('running Packer');
    const [program, words] = inOwnNamespaces([
      ...['packer', 'build', '-color=false', '-only=runner.null.local', `-var-file=${varFile}`, template],
    ]);
    await runProgram(program, words, {
      cwd: work,
      signal,
      env: { ...process.env, CHECKPOINT_DISABLE: '1', PACKER_CONFIG_DIR: work },
      onLine: (line) => {
        appendFileSync(logFile, `${line}\n`);
        const step = /== (.*)$/.exec(line)?.[1];
        if (step) onLog(step);
      },
    });
    signal?.throwIfAborted();
    await builder.powerOff();
  } catch (cause) {
    signal?.throwIfAborted();
    throw new Error(
      `The bake of image ${request.image} failed; its log is ${logFile}.\n${(cause as Error).message}`,
      { cause },
    );
  } finally {
    signal?.removeEventListener('abort', abort);
    await builder.discard();
    await mirror.stop();
    stopKeeping();
  }
  takeResolverBack(rootfs);
  rmSync(work, { recursive: true, force: true });
}

function pointToCurrent(images: string, hash: string): void {
  const link = join(images, 'current');
  const fresh = `${link}.${process.pid}`;
  rmSync(fresh, { force: true });
  symlinkSync(hash, fresh);
  renameSync(fresh, link);
}

export async function bakeImage(request: BakeRequest): Promise<BakedImage> {
  verifyHost(BAKE_PROGRAMS);
  verifyArchitecture(request);
  const { onLog, image, definition } = request;
  const source = request.source ?? PROJECT_DIR;
  const stateDir = request.stateDir ?? join(PROJECT_DIR, '.muster');
  const node = process.execPath;
  const artifacts = await makeArtifacts(
    join(stateDir, 'artifacts'),
    readPins(join(source, 'provision', 'pins.env')),
    node,
  );
  const base = await getBase({ stateDir, node, log: onLog, signal: request.signal });
  const hash = hashValue([
    image,
    definition,
    BOOT_CONTRACT,
    base.hash,
    ...['packer', 'provision'].map((folder) => hashFolder(join(source, folder))),
    artifacts.map(({ pin, version, sha256 }) => [pin, version, sha256]),
  ]);
  const images = join(stateDir, 'images');
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
        await bakeIn(building, request, base, artifacts, logFile);
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

/**
 * The image of GitHub's runner from the project's own Containerfile, as a root directory with its settings: made once for
 * its inputs, under .muster/containers/<hash>. For tests, and for whoever starts it without a registry.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_DIR } from '../cloud/layout';
import { hashFile, hashFolder, hashValue } from '../machines/content-hash';
import { removeOldImages } from '../machines/images';
import { removeAbandoned, withLock } from '../machines/lock';
import { runProgram } from '../machines/run-program';
import { type Builder, type BuilderRequest, startBuilder } from './builder';

const CONTAINERFILE = join('containers', 'github-runner', 'Containerfile');

/** What an image says of itself, in OCI's words. */
export interface ImageSettings {
  Config: { User: string; Env: string[]; Entrypoint: string[]; Labels: Record<string, string> };
  History: { created_by: string }[];
}

export interface RunnerImage {
  rootfs: string;
  settings: ImageSettings;
  hash: string;
}

const hashSources = async () => [
  hashFolder(join(PROJECT_DIR, 'containers', 'github-runner')),
  hashFolder(join(PROJECT_DIR, 'provision', 'bake')),
  await hashFile(join(PROJECT_DIR, 'provision', 'rootfs', 'usr', 'lib', 'muster', 'try-toolchain')),
];

export async function buildRunnerImage(request: BuilderRequest): Promise<RunnerImage> {
  const builder = await startBuilder(request);
  try {
    const folder = join(request.stateDir ?? join(PROJECT_DIR, '.muster'), 'containers');
    removeAbandoned(folder);
    const hash = hashValue([builder.inputs, await hashSources(), request.toolchains]);
    const target = join(folder, hash);
    const wait = () => request.log('waiting for another build of it');
    await withLock(`${target}.lock`, wait, async () => {
      if (existsSync(target)) return;
      const building = `${target}.building`;
      rmSync(building, { recursive: true, force: true });
      mkdirSync(building, { recursive: true });
      await build(building, request, builder);
      renameSync(building, target);
    });
    removeOldImages(folder, hash);
    const settings = JSON.parse(readFileSync(join(target, 'settings.json'), 'utf8'));
    return { rootfs: join(target, 'rootfs'), settings, hash };
  } finally {
    await builder.stop();
  }
}

async function build(target: string, request: BuilderRequest, builder: Builder): Promise<void> {
  const env = { ...process.env, ...builder.environment };
  const { BASE_IMAGE, PINS } = builder.environment;
  const tag = `localhost/muster-runner:${process.pid}`;
  const podman = (...args: string[]) =>
    execFileSync('podman', args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    await runProgram(
      'podman',
      [
        ...['build', '--no-cache', '--file', join(PROJECT_DIR, CONTAINERFILE), '--tag', tag],
        ...['--build-arg', `BASE_IMAGE=${BASE_IMAGE}`, '--secret', `id=pins,src=${PINS}`],
        ...['--build-arg', `TOOLCHAINS=${request.toolchains.join(',')}`, PROJECT_DIR],
      ],
      { env, signal: request.signal, onLine: request.log },
    );
    const [settings] = JSON.parse(podman('image', 'inspect', tag));
    writeFileSync(join(target, 'settings.json'), JSON.stringify(settings));
    const mounted = podman('image', 'mount', tag).trim();
    await runProgram('cp', ['--archive', mounted, join(target, 'rootfs')], { signal: request.signal });
  } finally {
    // Where nothing was built there is nothing to remove.
    try {
      podman('image', 'umount', '--force', tag);
      podman('image', 'rm', '--force', tag);
    } catch {}
  }
}

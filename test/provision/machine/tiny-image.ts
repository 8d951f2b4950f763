/** An image of a few programs of a root file system, as `docker load` takes it. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ARCHITECTURES: Record<string, string> = { x64: 'amd64', arm64: 'arm64' };

/** The file of the image, in `folder`; its name there is tiny:latest. */
export function makeTinyImage(rootfs: string, folder: string, programs: string[]): string {
  mkdirSync(folder, { recursive: true });
  const libraries = programs.flatMap((program) =>
    [...execFileSync('chroot', [rootfs, 'ldd', program], { encoding: 'utf8' }).matchAll(/\/[^ )]+/g)].map(
      ([path]) => path,
    ),
  );
  const files = [...new Set([...programs, ...libraries])].map((path) => path.slice(1));
  const tar = (...words: string[]) => execFileSync('tar', ['--mtime=@0', '--owner=0', '--group=0', ...words]);
  tar('--dereference', '--create', '--file', join(folder, 'layer.tar'), '--directory', rootfs, ...files);
  const layer = createHash('sha256')
    .update(readFileSync(join(folder, 'layer.tar')))
    .digest('hex');
  const config = {
    architecture: ARCHITECTURES[process.arch],
    os: 'linux',
    config: { Env: ['PATH=/usr/bin:/bin'] },
    rootfs: { type: 'layers', diff_ids: [`sha256:${layer}`] },
  };
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  const manifest = [{ Config: 'config.json', RepoTags: ['tiny:latest'], Layers: ['layer.tar'] }];
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  const image = join(folder, 'image.tar');
  tar('--create', '--file', image, '--directory', folder, 'manifest.json', 'config.json', 'layer.tar');
  return image;
}

/**
 * Podman with a storage of the project's own, below .muster, and settings with which it builds on any host: RUN in a chroot
 * and in the host's network, because a host's cgroups may be of a kind that no container runtime starts in. All of it is
 * environment, so that whoever calls `podman build` needs no option of the local cloud.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** @param folder below which images, layers and settings are */
export function makeStorage(folder: string): Record<string, string> {
  mkdirSync(folder, { recursive: true });
  const storage = join(folder, 'storage.conf');
  const containers = join(folder, 'containers.conf');
  const quoted = (path: string) => JSON.stringify(join(folder, path));
  writeFileSync(
    storage,
    `[storage]\ndriver = "overlay"\ngraphroot = ${quoted('images')}\nrunroot = ${quoted('run')}\n`,
  );
  writeFileSync(containers, '[containers]\nnetns = "host"\n');
  return {
    CONTAINERS_STORAGE_CONF: storage,
    CONTAINERS_CONF: containers,
    BUILDAH_ISOLATION: 'chroot',
    // One layer, and no half-made images beside it that nobody removes.
    BUILDAH_LAYERS: 'false',
  };
}

/** A bake uses the host's network, so it needs the host's name servers, which must not stay in the image. */
import { existsSync, lstatSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = join('etc', 'resolv.conf');
const MARK = '# lent by the local bake\n';

export function lendResolver(rootfs: string): void {
  const file = join(rootfs, FILE);
  rmSync(file, { force: true });
  writeFileSync(file, MARK + readFileSync('/etc/resolv.conf', 'utf8'));
}

/** Leaves what the bake put there instead, else what systemd-resolved or nothing would have. */
export function takeResolverBack(rootfs: string): void {
  const file = join(rootfs, FILE);
  const stat = lstatSync(file, { throwIfNoEntry: false });
  if (stat?.isSymbolicLink() || (stat && !readFileSync(file, 'utf8').startsWith(MARK))) return;
  rmSync(file, { force: true });
  if (existsSync(join(rootfs, 'usr', 'lib', 'systemd', 'systemd-resolved')))
    symlinkSync('../run/systemd/resolve/stub-resolv.conf', file);
}

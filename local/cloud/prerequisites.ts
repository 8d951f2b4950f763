/** What the local cloud needs of its host, each with its remedy. */
import { accessSync, constants, existsSync } from 'node:fs';
import { join } from 'node:path';

/** Program → the Debian package that has it. */
const PROGRAMS: Record<string, string> = {
  'systemd-nspawn': 'systemd-container',
  ip: 'iproute2',
  bridge: 'iproute2',
  nft: 'nftables',
  nsenter: 'util-linux',
  unshare: 'util-linux',
  setpriv: 'util-linux',
};
export const BAKE_PROGRAMS: Record<string, string> = {
  'systemd-nspawn': 'systemd-container',
  debootstrap: 'debootstrap',
  packer: 'packer',
  'dpkg-deb': 'dpkg',
  'ssh-keygen': 'openssh-client',
};

export interface Host {
  platform: string;
  uid: number | undefined;
  path: string;
}

const isInstalled = (program: string, path: string) =>
  path.split(':').some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

/** Every problem at once; empty when the host will do. */
export function findHostProblems(host: Host, programs = PROGRAMS): string[] {
  if (host.platform !== 'linux')
    return [
      `The local cloud boots systemd machines: it needs Linux, this is ${host.platform}. Use a Linux VM.`,
    ];
  const problems: string[] = [];
  if (host.uid !== 0)
    problems.push(
      `The local cloud needs root for its namespaces; this is uid ${host.uid}. Run it with sudo.`,
    );
  const missing = Object.keys(programs).filter((program) => !isInstalled(program, host.path));
  if (missing.length > 0) {
    const packages = [...new Set(missing.map((program) => programs[program]))].join(' ');
    problems.push(`Not installed: ${missing.join(', ')}. Install with: apt-get install ${packages}`);
  }
  if (!existsSync('/sys/fs/cgroup'))
    problems.push('There is no cgroup file system at /sys/fs/cgroup: machines need one.');
  return problems;
}

export function verifyHost(programs = PROGRAMS): void {
  const host = { platform: process.platform, uid: process.getuid?.(), path: process.env.PATH ?? '' };
  const problems = findHostProblems(host, programs);
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

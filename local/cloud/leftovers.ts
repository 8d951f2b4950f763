/** Looks for anything of a local cloud on the host: after it has stopped there must be nothing. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { cgroupFolders } from '../machines/cgroups';

const PREFIX = 'muster-';

const readOr = (file: string, otherwise = '') => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return otherwise;
  }
};

function output(program: string, args: string[]): string {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return '';
  }
}

/** Pids of processes in this cgroup or below. */
export function processesOf(cgroup: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) =>
      readOr(`/proc/${pid}/cgroup`)
        .split('\n')
        .some((line) => `${line}/`.includes(`/${cgroup}/`)),
    )
    .map(Number);
}

/** Everything found, one line each; empty when the host is clean of this cloud. */
export function findLeftovers(runDir: string, cgroup: string): string[] {
  const mounts = readOr('/proc/self/mounts').split('\n');
  const links = output('ip', ['-brief', 'link']).split('\n');
  return [
    ...processesOf(cgroup).map(
      (pid) => `process ${pid} (${readOr(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim()})`,
    ),
    ...cgroupFolders(cgroup).map((folder) => `cgroup ${folder}`),
    ...mounts
      .filter((line) => line.includes(runDir) || line.includes('/run/muster/'))
      .map((line) => `mount ${line}`),
    ...links.filter((line) => /^(vb-i-|vb-ci|br-muster)/.test(line)).map((line) => `link ${line}`),
    ...output('nft', ['list', 'tables'])
      .split('\n')
      .filter((line) => line.includes(PREFIX) || / muster$/.test(line))
      .map((line) => `firewall ${line}`),
  ];
}

export function assertNothingLeft(runDir: string, cgroup: string): void {
  const leftovers = findLeftovers(runDir, cgroup);
  if (leftovers.length > 0)
    throw new Error(
      `The local cloud of ${runDir} left something behind; \`make clean\` removes it:\n${leftovers.join('\n')}`,
    );
}

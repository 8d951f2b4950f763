/** The base of local images: Debian as debootstrap makes it, kept by the content of its inputs. */

import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { chooseMirror, type DebianMirror, toSourcesList } from './apt-mirror';
import { INTERPRETER } from './artifact-mirror/artifacts';
import { hashFile, hashValue } from './content-hash';
import { withLock } from './lock';
import { inOwnNamespaces, runProgram } from './run-program';

/** Raise it when makeBase does something else with the same inputs. */
const RECIPE = 2;
const SUITE = 'trixie';
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
/** What Debian's own cloud images have and a bake builds on; everything else is the bake's business. */
const PACKAGES = [
  ...['systemd', 'systemd-sysv', 'dbus', 'udev', 'iproute2', 'openssh-server', 'curl', 'ca-certificates'],
  ...['sudo', 'python3'],
];

export interface BaseRequest {
  stateDir: string;
  /** Path of the Node.js that the stand-in agent will run on. */
  node: string;
  log: (line: string) => void;
  signal?: AbortSignal | undefined;
}

export interface Base {
  rootfs: string;
  hash: string;
}

function readMirror(): DebianMirror {
  const readAll = (folder: string) =>
    existsSync(folder) ? readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8')) : [];
  const list = '/etc/apt/sources.list';
  const sources = [...readAll('/etc/apt/sources.list.d'), existsSync(list) ? readFileSync(list, 'utf8') : ''];
  return chooseMirror(readFileSync('/etc/os-release', 'utf8'), sources);
}

/** The stand-in agent runs on this host's Node.js inside the machines: it may need no libraries that they lack. */
function verifyNode(node: string): void {
  const libraries = execFileSync('ldd', [node], { encoding: 'utf8' });
  const foreign = [...libraries.matchAll(/^\s*(lib\S+)/gm)]
    .map(([, name]) => name ?? '')
    .filter((name) => !/^lib(c|m|dl|pthread|rt|atomic|gcc_s|stdc\+\+)\.so/.test(name));
  if (foreign.length > 0)
    throw new Error(
      `Node.js at ${node} needs ${foreign.join(', ')}, which local machines do not have: use the build of nodejs.org.`,
    );
}

async function makeBase(rootfs: string, { stateDir, node, log, signal }: BaseRequest) {
  if (!existsSync(KEYRING))
    throw new Error(
      `${KEYRING} is not there, so Debian's packages cannot be verified: install debian-archive-keyring.`,
    );
  const mirror = readMirror();
  const cache = join(stateDir, 'apt-cache', 'debootstrap');
  mkdirSync(cache, { recursive: true });
  log(`downloading Debian ${SUITE} from ${mirror.main}`);
  const [program, words] = inOwnNamespaces([
    ...['debootstrap', '--variant=minbase', `--keyring=${KEYRING}`, `--cache-dir=${cache}`],
    ...[`--include=${PACKAGES.join(',')}`, SUITE, rootfs, mirror.main],
  ]);
  let configuring = false;
  await runProgram(program, words, {
    signal,
    onLine: (line) => {
      if (configuring || !/^I: Configuring /.test(line)) return;
      configuring = true;
      log('installing its packages');
    },
  });
  writeFileSync(join(rootfs, 'etc', 'apt', 'sources.list'), toSourcesList(SUITE, mirror));
  // debootstrap takes the host's name along; machines get theirs from outside.
  rmSync(join(rootfs, 'etc', 'hostname'), { force: true });
  writeFileSync(join(rootfs, 'etc', 'machine-id'), '');
  // systemd would take an empty id from there.
  rmSync(join(rootfs, 'var', 'lib', 'dbus', 'machine-id'), { force: true });
  await runProgram('systemctl', ['--root', rootfs, '--quiet', 'enable', 'systemd-networkd.service']);
  mkdirSync(dirname(join(rootfs, INTERPRETER)), { recursive: true });
  copyFileSync(node, join(rootfs, INTERPRETER));
}

/** The base for these inputs, made when it is not there: about a minute the first time. */
export async function getBase(request: BaseRequest): Promise<Base> {
  const { stateDir, node, log } = request;
  verifyNode(node);
  const hash = hashValue([RECIPE, SUITE, PACKAGES, await hashFile(node)]);
  const rootfs = join(stateDir, 'base', hash);
  if (existsSync(rootfs)) return { rootfs, hash };
  const wait = () => log('waiting for another process that makes the base');
  await withLock(`${rootfs}.lock`, wait, async () => {
    if (existsSync(rootfs)) return;
    const building = `${rootfs}.building`;
    rmSync(building, { recursive: true, force: true });
    await makeBase(building, request);
    renameSync(building, rootfs);
  });
  return { rootfs, hash };
}

/** The machine that Packer works on: a copy of the base, booted, with an sshd on a loopback port. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, copyFileSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { exited, spawnJanitor } from '../cloud/spawn';
import { childrenOf, POWEROFF } from './processes';
import { inOwnNamespaces } from './run-program';

export interface Builder {
  sshPort: number;
  privateKeyFile: string;
  /** Shuts the machine down in order; throws when that fails. */
  powerOff: () => Promise<void>;
  /** Ends it, however it is. Safe to call at any time. */
  discard: () => Promise<void>;
}

const READY_SECONDS = 60;
const POWEROFF_SECONDS = 60;

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Keys and configuration of the bake's sshd; they live as long as the bake. */
function writeSsh(folder: string, port: number): string {
  const ssh = join(folder, 'ssh');
  mkdirSync(ssh, { recursive: true, mode: 0o700 });
  const key = join(folder, 'key');
  for (const file of [key, join(ssh, 'host_key')])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'bake', '-f', file]);
  copyFileSync(`${key}.pub`, join(ssh, 'authorized_keys'));
  const config = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    'HostKey /run/muster-bake/host_key',
    'AuthorizedKeysFile /run/muster-bake/authorized_keys',
    'PermitRootLogin prohibit-password',
    'PasswordAuthentication no',
    // The folder belongs to root of the host, and is bound read-only.
    'StrictModes no',
    'UsePAM no',
    'Subsystem sftp internal-sftp',
    '',
  ];
  writeFileSync(join(ssh, 'sshd_config'), config.join('\n'));
  copyFileSync(join(__dirname, 'bake-sshd.service'), join(folder, 'bake-sshd.service'));
  return key;
}

/** Resolves when something greets as SSH on this port. */
function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const answer = (is: boolean) => {
      socket.destroy();
      resolve(is);
    };
    socket.setTimeout(1000, () => answer(false));
    socket.once('error', () => answer(false));
    socket.once('data', (data) => answer(data.toString().startsWith('SSH-')));
  });
}

async function awaitSsh(port: number, machine: ChildProcess, console: string): Promise<void> {
  for (let tries = 0; tries < READY_SECONDS * 5; tries++) {
    if (machine.exitCode !== null || machine.signalCode !== null) break;
    if (await greets(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const tail = readFileSync(console, 'utf8').split('\n').slice(-20).join('\n');
  throw new Error(`The machine to bake on did not come up; the end of its console (${console}):\n${tail}`);
}

/** @param folder for keys and console; its own, and removed by the caller */
export async function bootBuilder(rootfs: string, folder: string): Promise<Builder> {
  const sshPort = await findFreePort();
  const privateKeyFile = writeSsh(folder, sshPort);
  const cgroup = `muster-${randomBytes(4).toString('hex')}`;
  const consoleFile = join(folder, 'console.log');
  const console = openSync(consoleFile, 'a');
  const [program, words] = inOwnNamespaces([join(__dirname, 'bake-machine.sh'), rootfs, folder, cgroup]);
  const janitor = spawnJanitor(cgroup);
  const machine = spawn(program, words, { stdio: ['ignore', console, console], detached: true });
  closeSync(console);
  const ended = new Promise<void>((resolve) => {
    machine.once('error', () => resolve());
    machine.once('exit', () => resolve());
  });
  const discard = async () => {
    machine.kill('SIGKILL');
    await ended;
    janitor.stdin?.end();
    await exited(janitor);
  };
  const powerOff = async () => {
    const [nspawn] = childrenOf(machine.pid ?? 0);
    const [leader] = childrenOf(nspawn ?? 0);
    if (leader) process.kill(leader, POWEROFF);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      machine.kill('SIGKILL');
    }, POWEROFF_SECONDS * 1000);
    await ended;
    clearTimeout(timer);
    await discard();
    if (late || machine.exitCode !== 0)
      throw new Error(
        `The baked machine did not shut down in order (code ${machine.exitCode}): see ${consoleFile}.`,
      );
  };
  try {
    await awaitSsh(sshPort, machine, consoleFile);
  } catch (error) {
    await discard();
    throw error;
  }
  return { sshPort, privateKeyFile, powerOff, discard };
}

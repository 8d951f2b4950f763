/** Boots a baked machine for a test, in namespaces of its own, beside a scripted cloud. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { cgroupFolders, removeCgroup } from '../../../local/machines/cgroups';
import { type BootEnvironment, toUserData } from '../../../stacks/boot-environment';
import { until as untilHolds } from '../../local/until';
import type { Call, CloudState } from './cloud';

export const bootEnvironment: BootEnvironment = {
  MUSTER_CONTRACT: 3,
  MUSTER_ENVIRONMENT: 'test',
  MUSTER_FLEET: 'linux',
  MUSTER_GROUP: 'muster-test-linux',
  MUSTER_REGION: 'eu-central-1',
  MUSTER_CI: 'circleci',
  MUSTER_CI_URL: 'http://10.87.0.1:4567',
  MUSTER_QUEUE: 'acme/linux',
  MUSTER_SERVES: 'one-job',
  MUSTER_PROTECTION: 'busy',
  MUSTER_EXECUTOR: '',
  MUSTER_DOCKER_IMAGE: '',
  MUSTER_NOMAD_REGION: '',
  MUSTER_NOMAD_DATACENTER: '',
  MUSTER_NOMAD_CLASS: '',
  MUSTER_NOMAD_RAW_EXEC: '',
  MUSTER_IMAGE_PARAMETER: '/muster/test/image/runner',
  MUSTER_MAX_AGE: 86_400,
  MUSTER_RUNNER_TOKEN_SECRET: 'muster/test/fleet/linux/runner-token',
  MUSTER_LOG_GROUP: '/muster/test/linux',
  MUSTER_LAUNCHING_HOOK: 'muster-launching',
  MUSTER_TERMINATING_HOOK: 'muster-terminating',
  MUSTER_LAUNCHING_HEARTBEAT: 180,
  MUSTER_TERMINATING_HEARTBEAT: 1800,
  MUSTER_JOB_LIMIT: 600,
  MUSTER_IDLE_TIMEOUT: 60,
  MUSTER_SLOTS: 1,
  MUSTER_DOCKER: 'none',
  MUSTER_PROXY: '',
  MUSTER_NO_PROXY: '',
};

export interface MachineOptions {
  rootfs: string;
  boot?: Partial<BootEnvironment>;
  cloud?: Partial<CloudState>;
  /** Variables of every unit: endpoints, shorter deadlines. */
  manager?: Record<string, string>;
  /** Files laid over the image, path to content; executable. */
  files?: Record<string, string>;
  /** Programs of the image that are not to be there. */
  without?: string[];
  /** Directories in memory, as nspawn's --tmpfs takes them: docker's storage cannot lie on the overlay of the test. */
  tmpfs?: string[];
  /** Folder of the machine's disk, for one that boots again; otherwise what it writes goes with it. */
  disk?: string;
}

export interface Machine {
  calls(operation?: string): Call[];
  change(state: Partial<CloudState>): Promise<void>;
  /** Asks the admin side of its stand-in GitLab. */
  gitlab(method: string, path: string, body?: unknown): Promise<unknown>;
  /** The same of its stand-in Nomad. */
  nomad(method: string, path: string, body?: unknown): Promise<unknown>;
  /** The same of its stand-in ECS. */
  ecs(method: string, path: string, body?: unknown): Promise<unknown>;
  /** Runs a command as root on the machine. */
  run(...command: string[]): { status: number; output: string };
  console(): string;
  isOff(): boolean;
  stop(): Promise<void>;
}

/** Waits until `probe` gives something, or throws with what `explain` says. */
export const until = <T>(
  what: string,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  explain: () => string = () => '',
  seconds?: number,
): Promise<T> => untilHolds(what, probe, Boolean, seconds, { explain }) as Promise<T>;

function ask(
  socketPath: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, method, path }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() });
    });
    outgoing.on('error', reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function askAdmin(socketPath: string, method: string, path: string, body?: unknown): Promise<unknown> {
  const { status, text } = await ask(socketPath, method, `/_local/${path}`, body);
  if (status >= 400) throw new Error(`${method} ${path}: ${status} ${text}`);
  return text ? JSON.parse(text) : undefined;
}

async function putState(socketPath: string, state: unknown): Promise<void> {
  await ask(socketPath, 'PUT', '/', state);
}

function readCalls(file: string): Call[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** The init process of the machine as the host sees it: the child of nspawn, itself a child of our namespace's first process. */
function readLeader(outer: number): number | undefined {
  const children = (pid: number) =>
    spawnSync('pgrep', ['--parent', String(pid)], { encoding: 'utf8' })
      .stdout.split('\n')
      .filter(Boolean)
      .map(Number);
  const name = (pid: number) =>
    spawnSync('ps', ['-o', 'comm=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
  const find = (pid: number): number | undefined => {
    for (const child of children(pid)) {
      if (name(child) === 'systemd') return child;
      const deeper = find(child);
      if (deeper) return deeper;
    }
    return undefined;
  };
  return find(outer);
}

/** network.sh binds the run directory there. */
const seenByNspawn = (file: string) => join('/run/test/run', basename(file));

function writeRunFiles(run: string, options: MachineOptions): string[] {
  writeFileSync(
    join(run, 'host0.network'),
    '[Match]\nName=host0\n[Network]\nAddress=10.87.0.5/24\nAddress=fd00:ec2::5/64\nGateway=10.87.0.1\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n',
  );
  const manager = { AWS_ENDPOINT_URL: 'http://10.87.0.1:4566', ...options.manager };
  const assignments = Object.entries(manager).map(([key, value]) => `"${key}=${value}"`);
  writeFileSync(join(run, 'manager.conf'), `[Manager]\nDefaultEnvironment=${assignments.join(' ')}\n`);
  const files = Object.entries(options.files ?? {}).map(([path, content], index) => {
    const file = join(run, `file-${index}`);
    writeFileSync(file, content, { mode: 0o755 });
    return `--bind-ro=${seenByNspawn(file)}:${path}`;
  });
  // A file that cannot be executed is no program.
  const nothing = join(run, 'nothing');
  writeFileSync(nothing, '', { mode: 0o644 });
  return [
    ...files,
    ...(options.without ?? []).map((path) => `--bind-ro=${seenByNspawn(nothing)}:${path}`),
    ...(options.tmpfs ?? []).map((path) => `--tmpfs=${path}`),
  ];
}

export async function bootMachine(options: MachineOptions): Promise<Machine> {
  const run = mkdtempSync(join(tmpdir(), 'muster-machine-'));
  mkdirSync(run, { recursive: true });
  const socket = join(run, 'cloud.sock');
  const binds = writeRunFiles(run, options);
  const log = join(run, 'console');
  const script = join(__dirname, 'network.sh');
  const child: ChildProcess = spawn(
    'bash',
    [
      '-c',
      'exec setpriv --pdeathsig KILL unshare --net --mount --pid --fork --kill-child=KILL --mount-proc "$@" >"$0" 2>&1',
      log,
      script,
      run,
      options.rootfs,
      ...binds,
    ],
    { stdio: 'ignore', env: { ...process.env, DISK: options.disk ?? '' } },
  );
  let off = false;
  child.on('exit', () => {
    off = true;
  });
  const readConsole = () => readFileSync(log, 'utf8');
  let leader: number | undefined;
  const machine: Machine = {
    calls: (operation) =>
      readCalls(`${socket}.calls`).filter((call) => !operation || call.operation === operation),
    change: (state) => putState(socket, state),
    gitlab: (method, path, body) => askAdmin(`${socket}.gitlab`, method, path, body),
    nomad: (method, path, body) => askAdmin(`${socket}.nomad`, method, path, body),
    ecs: (method, path, body) => askAdmin(`${socket}.ecs`, method, path, body),
    run: (...command) => {
      // Another after a reboot.
      if (!leader || !existsSync(`/proc/${leader}`)) leader = readLeader(child.pid ?? 0);
      const result = spawnSync('nsenter', ['--target', String(leader), '--all', ...command], {
        encoding: 'utf8',
        timeout: 20_000,
        // A shutdown stops whatever runs on the machine, and nsenter stops along with it, deaf to anything else.
        killSignal: 'SIGKILL',
        env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
      });
      return { status: result.status ?? -1, output: `${result.stdout}${result.stderr}` };
    },
    console: readConsole,
    isOff: () => off,
    stop: async () => {
      child.kill('SIGKILL');
      await until('the machine is gone', () => off);
      // Its processes die a moment after the one that held them.
      await until('its cgroup is gone', () => {
        cgroupFolders(basename(run)).map(removeCgroup);
        return cgroupFolders(basename(run)).length === 0;
      });
      rmSync(run, { recursive: true, force: true });
    },
  };
  try {
    // Before the machine asks: its boot takes longer than this.
    await until('the test cloud answers', () =>
      putState(socket, {
        userData: toUserData({ ...bootEnvironment, ...options.boot }),
        ...options.cloud,
      }).then(
        () => true,
        () => {
          if (off) throw new Error(`The machine did not start: ${readConsole()}`);
          return false;
        },
      ),
    );
  } catch (cause) {
    child.kill('SIGKILL');
    throw new Error('The test machine did not boot.', { cause });
  }
  return machine;
}

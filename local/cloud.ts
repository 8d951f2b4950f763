/**
 * The local cloud, seen from the host: namespaces with a bridge, the local AWS, a stand-in CI and machines. Nothing of
 * it touches the host's network, and the kernel ends all of it with the process that called `startCloud`.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudClient } from './cloud/client';
import {
  BRIDGE,
  type InsideSettings,
  insideUrl,
  PORTS,
  PROJECT_DIR,
  runFiles,
  SERVICES,
  type ServiceName,
} from './cloud/layout';
import { assertNothingLeft } from './cloud/leftovers';
import { closeOwner, openOwner } from './cloud/owner';
import { verifyHost } from './cloud/prerequisites';
import { socketPath, startRelay } from './cloud/relay';
import { awaitReady, exited, spawnInside, spawnJanitor } from './cloud/spawn';

export interface CloudOptions {
  /** Folder of this run: logs, sockets, evidence of machines. Made when it is not there. */
  runDir: string;
  /** Environment of the local AWS (MUSTER_LOCAL_MINUTE_SECONDS and the like). */
  environment?: Record<string, string>;
  /** The local AWS; default: this project's. */
  awsCommand?: string[];
  /** Seconds of silence after which the CI calls a running job lost. */
  lostSeconds?: number;
  /** Seconds from a machine's power-off to cutting its power. */
  graceSeconds?: number;
  onLog?: (line: string) => void;
}

export interface Cloud extends CloudClient {
  /** URLs on the host. */
  awsEndpointUrl: string;
  /** The stand-in CircleCI. */
  ciUrl: string;
  gitlabUrl: string;
  nomadUrl: string;
  githubUrl: string;
  machinesUrl: string;
  /** The same services as machines and Lambdas see them. */
  inside: { awsUrl: string; ciUrl: string; gitlabUrl: string; githubUrl: string; machinesUrl: string };
  cgroup: string;
  runDir: string;
  /** Rejects when the cloud ends by itself. */
  died: Promise<never>;
  /** Powers machines off, ends every service, checks that nothing is left. Safe to call twice. */
  stop: () => Promise<void>;
}

/** Programs that stand in for those of a build's image. */
const BUILD_PATH = join(PROJECT_DIR, 'local', 'builds', 'bin');
const STOP_SECONDS = 60;
const GIB = 1024 ** 3;

const defaultAwsCommand = (runDir: string) => [
  join(PROJECT_DIR, '.muster', 'venv', 'bin', 'python'),
  ...['-m', 'local.aws', '--host', BRIDGE.gateway, '--port', String(PORTS.aws)],
  ...['--run-dir', runFiles(runDir).awsState],
];

export async function startCloud(options: CloudOptions): Promise<Cloud> {
  verifyHost();
  const { runDir } = options;
  const files = runFiles(runDir);
  const cgroup = `muster-${randomBytes(4).toString('hex')}`;
  mkdirSync(runDir, { recursive: true });
  const owner = openOwner(runDir, cgroup);
  const settings: InsideSettings = {
    runDir,
    cgroup,
    awsCommand: options.awsCommand ?? defaultAwsCommand(runDir),
    environment: options.environment ?? {},
    lostSeconds: options.lostSeconds ?? 15,
    graceSeconds: options.graceSeconds ?? 20,
    memoryBytes: 4 * GIB,
    tasks: 4096,
  };
  writeFileSync(files.settings, JSON.stringify(settings, null, 2));

  const janitor = spawnJanitor(cgroup);
  const child = spawnInside(files.settings, cgroup);
  const ended = exited(child);
  const cleanUp = async () => {
    child.stdin?.end();
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_SECONDS * 1000);
    await ended;
    clearTimeout(timer);
    janitor.stdin?.end();
    await exited(janitor);
    rmSync(files.sockets, { recursive: true, force: true });
  };
  try {
    await awaitReady(child, options.onLog ?? (() => {}));
  } catch (error) {
    await cleanUp();
    throw error;
  }

  const relays = await Promise.all(
    SERVICES.map((name) =>
      startRelay({ host: '127.0.0.1', port: 0 }, { path: socketPath(files.sockets, name) }),
    ),
  );
  const urls = Object.fromEntries(
    SERVICES.map((name, index) => [name, `http://127.0.0.1:${relays[index]?.port}`]),
  ) as Record<ServiceName, string>;

  // A stand-in of the tests has no builds. The registry has one name, here and inside.
  await fetch(`${urls.aws}/_local/options`, {
    method: 'PUT',
    body: JSON.stringify({ buildPath: BUILD_PATH, registryHost: new URL(urls.aws).host }),
  });

  let stopping: Promise<void> | null = null;
  const stop = () => {
    stopping ??= (async () => {
      await Promise.all(relays.map((relay) => relay.stop()));
      await cleanUp();
      closeOwner(runDir, owner);
      assertNothingLeft(runDir, cgroup);
    })();
    return stopping;
  };
  const died = ended.then((code) => {
    if (stopping) return new Promise<never>(() => {});
    throw new Error(`The local cloud ended by itself with code ${code}. Look into ${runDir}.`);
  });
  died.catch(() => {});
  return Object.assign(new CloudClient(urls.machines), {
    awsEndpointUrl: urls.aws,
    ciUrl: urls.ci,
    gitlabUrl: urls.gitlab,
    nomadUrl: urls.nomad,
    githubUrl: urls.github,
    machinesUrl: urls.machines,
    inside: {
      awsUrl: insideUrl('aws'),
      ciUrl: insideUrl('ci'),
      gitlabUrl: insideUrl('gitlab'),
      githubUrl: insideUrl('github'),
      machinesUrl: insideUrl('machines'),
    },
    cgroup,
    runDir,
    died,
    stop,
  });
}

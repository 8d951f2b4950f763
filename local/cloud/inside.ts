/** Entry: the services of one local cloud, inside its namespaces. Ends when its standard input does. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startCircleci } from '../ci/circleci/server';
import { startGithub } from '../ci/github/server';
import { startGitlab } from '../ci/gitlab/server';
import { startNomad } from '../ci/nomad/server';
import { startControl } from '../machines/daemon/control';
import { Machines } from '../machines/daemon/machines';
import { readInstance } from '../machines/instance';
import { Records } from '../machines/metadata/records';
import { startMetadata } from '../machines/metadata/server';
import type { Service } from './http-service';
import {
  BRIDGE,
  type InsideSettings,
  insideUrl,
  METADATA_ADDRESS,
  PORTS,
  PROJECT_DIR,
  runFiles,
  SERVICES,
} from './layout';
import { socketPath, startRelay } from './relay';

/** What Debian publishes at AWS. A bake there starts from it, a local one from a directory. */
const BASE_IMAGES = join(__dirname, 'base-images.json');
/** Root directories of container images, for the next run too. */
const CONTAINER_IMAGES = join(PROJECT_DIR, '.muster', 'container-images');
const READY_SECONDS = 60;
const STOP_GRACE_SECONDS = 5;
const AWS_STOP_SECONDS = 20;
const log = (line: string) => console.log(line);

function startAws(settings: InsideSettings): ChildProcess {
  const files = runFiles(settings.runDir);
  mkdirSync(files.awsState, { recursive: true });
  const output = openSync(files.awsLog, 'a');
  const [program = '', ...args] = settings.awsCommand;
  const child = spawn(program, args, {
    cwd: PROJECT_DIR,
    stdio: ['ignore', output, output],
    env: {
      ...process.env,
      MUSTER_LOCAL_MACHINES_URL: insideUrl('machines'),
      // Who signs tokens of GitHub's workflows for STS.
      MUSTER_LOCAL_JWKS_URL: `${insideUrl('github')}/.well-known/jwks`,
      MOTO_AMIS_PATH: BASE_IMAGES,
      MUSTER_LOCAL_IMAGES: CONTAINER_IMAGES,
      ...settings.environment,
    },
  });
  closeSync(output);
  return child;
}

async function awaitAws(child: ChildProcess, awsLog: string): Promise<void> {
  let failure: string | null = null;
  child.once('error', (error) => {
    failure = error.message;
  });
  child.once('exit', (code) => {
    failure ??= `it ended with code ${code}`;
  });
  for (let tries = 0; tries < READY_SECONDS * 10; tries++) {
    if (failure) throw new Error(`The local AWS did not start: ${failure}. Its log is ${awsLog}.`);
    const answer = await fetch(insideUrl('aws')).catch(() => null);
    if (answer) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`The local AWS was not ready after ${READY_SECONDS} s. Its log is ${awsLog}.`);
}

async function startServices(settings: InsideSettings): Promise<{ machines: Machines; services: Service[] }> {
  const files = runFiles(settings.runDir);
  const host = BRIDGE.gateway;
  const now = () => Date.now();
  const lostSeconds = Number(process.env.MUSTER_LOCAL_LOST_SECONDS ?? settings.lostSeconds);
  const machines = new Machines({
    machinesDir: files.machines,
    network: BRIDGE,
    awsUrl: insideUrl('aws'),
    controlUrl: insideUrl('aws'),
    cgroup: settings.cgroup,
    memoryBytes: settings.memoryBytes,
    tasks: settings.tasks,
    graceSeconds: settings.graceSeconds,
    log,
  });
  const records = new Records({ read: (id) => readInstance(insideUrl('aws'), id), now });
  const readByAddress = async (ip: string) => {
    const launched = machines.byAddress(ip);
    return launched ? records.of(launched) : null;
  };
  const services = await Promise.all([
    startCircleci({ host, port: PORTS.ci, logDir: files.jobLogs, lostSeconds, now }),
    startGitlab({ host, port: PORTS.gitlab, logDir: files.jobLogs, lostSeconds, now }),
    startNomad({ host, port: PORTS.nomad, logDir: files.jobLogs, lostSeconds, now }),
    startGithub({ host, port: PORTS.github, logDir: files.jobLogs, lostSeconds, now }),
    startControl(host, PORTS.machines, machines),
    startMetadata({ host: METADATA_ADDRESS, port: 80, awsUrl: insideUrl('aws'), readByAddress, now }),
  ]);
  return { machines, services };
}

async function main(settingsFile: string): Promise<void> {
  const settings = JSON.parse(readFileSync(settingsFile, 'utf8')) as InsideSettings;
  const files = runFiles(settings.runDir);
  for (const folder of [files.sockets, files.machines]) mkdirSync(folder, { recursive: true });
  const { machines, services } = await startServices(settings);
  const aws = startAws(settings);
  await awaitAws(aws, files.awsLog);
  for (const service of SERVICES)
    await startRelay(
      { path: socketPath(files.sockets, service) },
      { host: BRIDGE.gateway, port: PORTS[service] },
    );

  const stop = new Promise<void>((resolve) => process.stdin.once('end', resolve).resume());
  const awsDied = new Promise<never>((_, reject) =>
    aws.once('exit', (code) =>
      reject(new Error(`The local AWS ended with code ${code}. Its log is ${files.awsLog}.`)),
    ),
  );
  log('muster-cloud-ready');
  await Promise.race([stop, awsDied]);
  awsDied.catch(() => {});
  await machines.stopAll(STOP_GRACE_SECONDS);
  // It leaves nothing of what it keeps while it runs, images of containers among it.
  const awsEnded = new Promise((resolve) => aws.once('exit', resolve));
  const limit = new Promise((resolve) => setTimeout(resolve, AWS_STOP_SECONDS * 1000).unref());
  aws.kill('SIGTERM');
  await Promise.race([awsEnded, limit]);
  await Promise.all(services.map((service) => service.stop()));
}

main(process.argv[2] ?? '').then(
  () => process.exit(0),
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);

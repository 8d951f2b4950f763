/** Where everything of a local cloud is: addresses inside its namespaces, files in its run folder. */
import { join } from 'node:path';

/** The project's root, where local/ lies. */
export const PROJECT_DIR = join(__dirname, '..', '..');

/** Inside. Machines use the private addresses that the local AWS gives them from its VPC. */
export const BRIDGE = { bridge: 'br0', gateway: '10.87.0.1', prefix: 16 } as const;
export const PORTS = {
  aws: 4566,
  ci: 4567,
  machines: 4568,
  gitlab: 4569,
  nomad: 4570,
  github: 4571,
} as const;
export const METADATA_ADDRESS = '169.254.169.254';

export type ServiceName = keyof typeof PORTS;
export const SERVICES = Object.keys(PORTS) as ServiceName[];

export const insideUrl = (service: ServiceName) => `http://${BRIDGE.gateway}:${PORTS[service]}`;

export const runFiles = (runDir: string) => ({
  /** Who owns the run, for the next one to see whether it is stale. */
  owner: join(runDir, 'owner.json'),
  settings: join(runDir, 'cloud.json'),
  /** Unix sockets between host and inside. */
  sockets: join(runDir, 'sockets'),
  /** A folder for each machine: console.log, journal/, record.json. */
  machines: join(runDir, 'machines'),
  /** A file for each job. */
  jobLogs: join(runDir, 'jobs'),
  awsLog: join(runDir, 'aws.log'),
  awsState: join(runDir, 'aws'),
});

/** What the host tells the processes inside. */
export interface InsideSettings {
  runDir: string;
  cgroup: string;
  /** Program and arguments of the local AWS. */
  awsCommand: string[];
  /** Environment of the local AWS, on top of that of the cloud. */
  environment: Record<string, string>;
  lostSeconds: number;
  graceSeconds: number;
  memoryBytes: number;
  tasks: number;
}

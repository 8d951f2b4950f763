/** A machine of a Nomad fleet, and the Nomad beside it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { bundleAgent } from '../../../local/ci/agent/bundle';
import type { Allocation, NomadJob, NomadNode } from '../../../local/ci/nomad/state';
import { INTERPRETER } from '../../../local/machines/artifact-mirror/artifacts';
import { toClientSecret } from '../../../local/run/ci/nomad';
import type { BootEnvironment } from '../../../stacks/boot-environment';
import { bootMachine, type Machine, type MachineOptions } from './machine';

export const INSTANCE = 'i-0123456789abcdef0';
/** Made here: nothing that looks like a token is in the source. */
export const TOKEN = ['acl', 'of-a-test-c4n4ry'].join('-');

export const nomadEnvironment: Partial<BootEnvironment> = {
  MUSTER_CI: 'nomad',
  MUSTER_CI_URL: 'http://10.87.0.1:4570',
  MUSTER_QUEUE: 'builds',
  MUSTER_SERVES: 'many-jobs',
  MUSTER_NOMAD_REGION: 'global',
  MUSTER_NOMAD_DATACENTER: 'dc1',
  MUSTER_NOMAD_RAW_EXEC: 'false',
};

export interface NomadMachine extends Machine {
  jobs(): Promise<NomadJob[]>;
  job(id: string): Promise<NomadJob>;
  /** The id of what was enqueued. */
  enqueue(job: object): Promise<string>;
  nodes(): Promise<NomadNode[]>;
  allocations(): Promise<Allocation[]>;
  journal(): string;
}

export const secretOf = (token = TOKEN): string => toClientSecret(token, ['10.87.0.1:4570']);

async function bundleNomad(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'muster-nomad-agent-'));
  try {
    const file = join(folder, 'nomad');
    await bundleAgent(
      resolve(__dirname, '../../../local/ci/nomad-agent/main.ts'),
      file,
      INTERPRETER,
      '1.10.5',
    );
    return readFileSync(file, 'utf8');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function bootNomadMachine(
  options: MachineOptions,
  /** What Nomad has before the machine asks. */
  setup: object = {},
): Promise<NomadMachine> {
  const machine = await bootMachine({
    ...options,
    files: { '/usr/bin/nomad': await bundleNomad(), ...options.files },
    boot: { ...nomadEnvironment, ...options.boot },
    cloud: { instance: INSTANCE, token: secretOf(), ...options.cloud },
  });
  // The boot takes longer than this.
  await machine.nomad('PUT', 'setup', {
    pools: ['builds'],
    tokens: [{ token: TOKEN, node: 'write', readJob: ['*'] }],
    ...setup,
  });
  const jobs = () => machine.nomad('GET', 'jobs') as Promise<NomadJob[]>;
  return {
    ...machine,
    jobs,
    job: async (id) => {
      const found = (await jobs()).find((each) => each.id === id);
      if (!found) throw new Error(`Nomad knows no job ${id}`);
      return found;
    },
    enqueue: async (job) => {
      const ids = (await machine.nomad('POST', 'jobs', [{ nodePool: 'builds', ...job }])) as string[];
      return ids[0] ?? '';
    },
    nodes: () => machine.nomad('GET', 'nodes') as Promise<NomadNode[]>,
    allocations: () => machine.nomad('GET', 'allocations') as Promise<Allocation[]>,
    journal: () => machine.run('journalctl', '--no-pager', '--lines=80').output,
  };
}

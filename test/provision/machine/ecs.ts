/** A host of containers, and the ECS beside it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { bundleAgent } from '../../../local/ci/agent/bundle';
import { INTERPRETER } from '../../../local/machines/artifact-mirror/artifacts';
import type { BootEnvironment } from '../../../stacks/boot-environment';
import { CLUSTER, type EcsTask, type Host } from './ecs-state';
import { bootMachine, type Machine, type MachineOptions, until } from './machine';
import { makeTinyImage } from './tiny-image';

export const INSTANCE = 'i-0123456789abcdef0';

export const ecsEnvironment: Partial<BootEnvironment> = {
  MUSTER_CI: 'ecs',
  MUSTER_CI_URL: '',
  MUSTER_QUEUE: CLUSTER,
  MUSTER_SERVES: 'many-jobs',
  MUSTER_PROTECTION: 'all',
  MUSTER_RUNNER_TOKEN_SECRET: '',
  MUSTER_IDLE_TIMEOUT: 604_800,
  MUSTER_DOCKER: 'rootful',
};

export interface EcsMachine extends Machine {
  /** The id of a task that runs a script of bash; other fields of its container on top. */
  runTask(script: string, container?: object): Promise<string>;
  task(id: string): Promise<EcsTask>;
  /** What ECS knows of this machine; null before it registered. */
  host(): Promise<Host | null>;
  journal(): string;
}

const UNIT = resolve(
  __dirname,
  '../../../local/machines/artifact-mirror/amazon-ecs-init/usr/lib/systemd/system/ecs.service',
);

/** What the agent's package has, over an image without it. */
async function agentFiles(): Promise<Record<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'muster-ecs-agent-'));
  try {
    const file = join(folder, 'amazon-ecs-init');
    const entry = resolve(__dirname, '../../../local/ecs-agent/main.ts');
    await bundleAgent(entry, file, INTERPRETER, '1.108.2');
    return {
      '/usr/libexec/amazon-ecs-init': readFileSync(file, 'utf8'),
      '/usr/lib/systemd/system/ecs.service': readFileSync(UNIT, 'utf8'),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function bootEcsMachine(options: MachineOptions): Promise<EcsMachine> {
  const scratch = mkdtempSync(join(tmpdir(), 'muster-tiny-'));
  const image = makeTinyImage(options.rootfs, scratch, ['/usr/bin/bash', '/usr/bin/curl', '/usr/bin/sleep']);
  const machine = await bootMachine({
    ...options,
    files: { ...(await agentFiles()), ...options.files },
    tmpfs: ['/var/lib/docker', '/var/lib/ecs', ...(options.tmpfs ?? [])],
    boot: { ...ecsEnvironment, ...options.boot },
    cloud: { instance: INSTANCE, ...options.cloud },
  });
  // The boot takes longer than this.
  await machine.ecs('PUT', 'image', { file: image });
  return {
    ...machine,
    runTask: (script, container = {}) =>
      machine.ecs('POST', 'tasks', { command: [script], ...container }) as Promise<string>,
    task: async (id) => {
      const found = ((await machine.ecs('GET', 'tasks')) as EcsTask[]).find((each) => each.id === id);
      if (!found) throw new Error(`ECS knows no task ${id}`);
      return found;
    },
    host: () => machine.ecs('GET', 'host') as Promise<Host | null>,
    journal: () => machine.run('journalctl', '--no-pager', '--lines=120').output,
    stop: async () => {
      await machine.stop();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

export const untilRegistered = (machine: EcsMachine) =>
  until(
    'the host is in its cluster',
    async () => (await machine.host())?.status === 'ACTIVE',
    machine.journal,
    120,
  );

export const untilStatus = (machine: EcsMachine, id: string, status: EcsTask['status']) =>
  until(
    `task ${id} is ${status}`,
    async () => (await machine.task(id)).status === status,
    machine.journal,
    120,
  );

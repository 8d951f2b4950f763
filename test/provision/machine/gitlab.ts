/** A machine of a GitLab fleet, and the GitLab beside it. */
import { readFileSync } from 'node:fs';
import type { BootEnvironment } from '../../../stacks/boot-environment';
import { bootMachine, type Machine, type MachineOptions } from './machine';

export const INSTANCE = 'i-0123456789abcdef0';
/** Made here: nothing that looks like a token is in the source. */
export const TOKEN = ['glrt', 'of-a-test-c4n4ry'].join('-');

export interface Job {
  id: string;
  state: string;
  runner: string | null;
  runs: number;
  exitCode: number | null;
  reason: string | null;
  logFile: string;
}
export interface Manager {
  runnerId: number;
  systemId: string;
  instanceId: string | null;
}

export const gitlabEnvironment: Partial<BootEnvironment> = {
  MUSTER_CI: 'gitlab',
  MUSTER_CI_URL: 'http://10.87.0.1:4569',
  MUSTER_QUEUE: '101',
  MUSTER_EXECUTOR: 'shell',
};

export interface GitlabMachine extends Machine {
  jobs(): Promise<Job[]>;
  job(id: string): Promise<Job>;
  /** The ids of what was enqueued. */
  enqueue(...jobs: object[]): Promise<string[]>;
  managers(): Promise<Manager[]>;
  log(id: string): Promise<string>;
  journal(): string;
}

export async function bootGitlabMachine(
  options: MachineOptions,
  /** What GitLab has before the machine asks; null: nothing, no runner either. */
  setup: object | null = {},
): Promise<GitlabMachine> {
  const machine = await bootMachine({
    ...options,
    boot: { ...gitlabEnvironment, ...options.boot },
    cloud: { instance: INSTANCE, token: TOKEN, ...options.cloud },
  });
  const runner = { id: 101, token: TOKEN, runUntagged: true, projects: ['acme/app'] };
  // The boot takes longer than this.
  if (setup)
    await machine.gitlab('PUT', 'setup', {
      projects: { 'acme/app': { protected: ['main'] } },
      runners: [runner],
      ...setup,
    });
  const jobs = () => machine.gitlab('GET', 'jobs') as Promise<Job[]>;
  const job = async (id: string) => {
    const found = (await jobs()).find((each) => each.id === id);
    if (!found) throw new Error(`GitLab knows no job ${id}`);
    return found;
  };
  return {
    ...machine,
    jobs,
    job,
    enqueue: (...more) =>
      machine.gitlab(
        'POST',
        'jobs',
        more.map((each) => ({ project: 'acme/app', ...each })),
      ) as Promise<string[]>,
    managers: () => machine.gitlab('GET', 'managers') as Promise<Manager[]>,
    log: async (id) => readFileSync((await job(id)).logFile, 'utf8'),
    journal: () => machine.run('journalctl', '--no-pager', '--lines=60').output,
  };
}

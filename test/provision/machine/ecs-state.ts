/** A stand-in for ECS, as far as one host talks to it: one cluster, its tasks, and the agent's requests (local/aws/ecs/agent_api.py). */
import { readFileSync } from 'node:fs';
import type { Task, TaskState } from '../../../local/ecs-agent/task';

export const CLUSTER = 'muster-test';
const PREFIX = 'arn:aws:ecs:eu-central-1:123456789012';
const INSTANCE = `${PREFIX}:container-instance/${CLUSTER}/${'a'.repeat(32)}`;

export interface EcsTask {
  id: string;
  status: 'PENDING' | 'RUNNING' | 'STOPPED';
  exitCode: number | null;
  reason: string | null;
  logs: string[];
}

export interface Host {
  arn: string;
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
}

export interface Answer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

interface Held extends EcsTask {
  task: Task;
}

const refuse = (status: number, code: string, message: string): Answer => ({
  status,
  body: { code, __type: code, message },
});
const ok = (body: unknown): Answer => ({ status: 200, body });

export function createEcs() {
  let host: Host | null = null;
  let version = 1;
  let image = '';
  const tasks = new Map<string, Held>();
  const waiting = new Set<() => void>();
  const change = () => {
    version += 1;
    for (const wake of waiting) wake();
  };
  const open = () => [...tasks.values()].filter(({ status }) => status !== 'STOPPED');

  /** What the machine calls as AWS. Null: no operation of ECS. */
  function answer(operation: string, text: string): Answer | null {
    const body = text.startsWith('{') ? JSON.parse(text) : {};
    switch (operation) {
      case 'DescribeClusters':
        return body.clusters[0] === CLUSTER
          ? ok({ clusters: [{ clusterName: CLUSTER, status: 'ACTIVE' }], failures: [] })
          : ok({
              clusters: [],
              failures: [{ arn: `${PREFIX}:cluster/${body.clusters[0]}`, reason: 'MISSING' }],
            });
      case 'UpdateContainerInstancesState':
        if (!host || host.status === 'INACTIVE')
          return ok({ containerInstances: [], failures: [{ arn: INSTANCE, reason: 'INACTIVE' }] });
        host.status = body.status;
        change();
        return ok({ containerInstances: [host], failures: [] });
      case 'DescribeContainerInstances': {
        if (!host) return ok({ containerInstances: [], failures: [{ arn: INSTANCE, reason: 'MISSING' }] });
        const count = (status: string) => open().filter((task) => task.status === status).length;
        const counts = { runningTasksCount: count('RUNNING'), pendingTasksCount: count('PENDING') };
        return ok({ containerInstances: [{ ...host, ...counts }], failures: [] });
      }
      case 'DeregisterContainerInstance':
        if (open().length > 0)
          return refuse(400, 'InvalidParameterException', 'Found running tasks on the instance.');
        if (host) host.status = 'INACTIVE';
        change();
        return ok({ containerInstance: host });
      default:
        return null;
    }
  }

  /** The requests of the agent. */
  async function agent(path: string, body: Record<string, never>): Promise<Answer> {
    switch (path) {
      case 'register':
        if (body.cluster !== CLUSTER) return refuse(400, 'ClientException', 'Cluster not found.');
        host = { arn: INSTANCE, status: 'ACTIVE' };
        return ok({ containerInstanceArn: INSTANCE });
      case 'poll':
        if (!host || host.status === 'INACTIVE') return refuse(404, 'ClientException', 'is inactive');
        if (Number(body.seen ?? 0) >= version) await news(Number(body.waitSeconds ?? 20));
        return ok({ seen: version, status: host.status, tasks: open().map(({ task }) => task) });
      case 'tasks':
        keep(body as unknown as TaskState);
        return ok({});
      case 'logs':
        tasks.get(body.taskArn ?? '')?.logs.push(...((body.lines ?? []) as string[]));
        return ok({});
      default:
        return image && path.startsWith('image')
          ? { status: 200, body: readFileSync(image), headers: { 'x-muster-image': 'tiny:latest' } }
          : refuse(404, 'CannotPullContainerError', 'manifest unknown');
    }
  }

  const news = (seconds: number) =>
    new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, seconds * 1000);
      waiting.add(wake);
    });

  function keep({ taskArn, status, reason, containers }: TaskState): void {
    const held = tasks.get(taskArn);
    if (!held) return;
    const exitCode = containers.find((container) => container.exitCode !== undefined)?.exitCode ?? null;
    Object.assign(held, { status, exitCode, reason: reason ?? null });
    change();
  }

  /** What the test does, and sees. */
  const admin: Record<string, (body: never) => unknown> = {
    'PUT image': (body: { file: string }) => {
      image = body.file;
    },
    'POST tasks': (container: Record<string, unknown>) => {
      const id = String(tasks.size + 1).padStart(32, '0');
      const task = toTask(`${PREFIX}:task/${CLUSTER}/${id}`, container);
      tasks.set(task.taskArn, { id, task, status: 'PENDING', exitCode: null, reason: null, logs: [] });
      change();
      return id;
    },
    'POST stop': ({ id }: { id: string }) => {
      for (const held of tasks.values()) if (held.id === id) held.task.desiredStatus = 'STOPPED';
      change();
    },
    'GET tasks': () => [...tasks.values()].map(({ task: _, ...seen }): EcsTask => seen),
    'GET host': () => host,
  };

  return { answer, agent, admin: (request: string, body: unknown) => admin[request]?.(body as never) };
}

const toTask = (taskArn: string, container: Record<string, unknown>): Task => ({
  taskArn,
  desiredStatus: 'RUNNING',
  family: 'muster-test-app-small-ec2',
  revision: 1,
  containers: [
    {
      name: 'runner',
      image: 'registry.example/github-runner@sha256:0',
      environment: {},
      entryPoint: ['/usr/bin/bash', '-c'],
      user: '1001',
      cpu: 256,
      memory: 128,
      essential: true,
      privileged: false,
      readonlyRootFilesystem: false,
      initProcessEnabled: false,
      stopTimeout: 20,
      ulimits: [],
      dockerLabels: {},
      dropCapabilities: [],
      addCapabilities: [],
      log: { group: '/muster/test/github-runners', stream: 'app/1', region: 'eu-central-1' },
      ...container,
    },
  ],
});

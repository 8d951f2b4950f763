/** One task on this machine: its containers are made, run, ended and told of. They outlive the agent. */
import { createContainer, docker, findContainers, hasImage, loadImage } from './docker';
import { followLogs } from './logs';
import type { Requests } from './requests';
import type { Container, ContainerState, Task, TaskState } from './task';

export interface TaskPorts {
  requests: Requests;
  containerInstanceArn: string;
  refusesPrivileged: boolean;
  /** Told of each change, in order. */
  tell: (state: TaskState) => Promise<void>;
}

export class RunningTask {
  known: 'PENDING' | 'RUNNING' | 'STOPPED' = 'PENDING';
  private isToStop = false;
  private readonly ids = new Map<string, string>();
  private readonly logs: Promise<void>[] = [];

  constructor(
    private readonly task: Task,
    private readonly ports: TaskPorts,
  ) {}

  containers = (): { name: string; id: string }[] => [...this.ids].map(([name, id]) => ({ name, id }));

  /** From beginning to end; the end is told, too. */
  async run(): Promise<void> {
    const { task } = this;
    let reason: string | undefined;
    const states: ContainerState[] = [];
    try {
      const found = await findContainers(task.taskArn);
      for (const [name, id] of found) this.ids.set(name, id);
      if (this.ids.size === 0) for (const container of task.containers) await this.start(container);
      this.known = 'RUNNING';
      await this.tell(
        'RUNNING',
        this.containers().map(({ name, id }) => ({ name, runtimeId: id })),
      );
      states.push(...(await this.waitForAll()));
      reason = this.isToStop ? undefined : 'Essential container in task exited';
    } catch (error) {
      reason = (error as Error).message;
      await this.end();
    }
    this.known = 'STOPPED';
    await Promise.all(this.logs);
    await this.tell(
      'STOPPED',
      states.length > 0 ? states : task.containers.map(({ name }) => ({ name })),
      reason,
    );
    for (const id of this.ids.values()) await docker(['rm', '--force', id]).catch(() => undefined);
  }

  /** ECS wants it gone. */
  async stop(): Promise<void> {
    if (this.isToStop) return;
    this.isToStop = true;
    await this.end();
  }

  private async start(container: Container): Promise<void> {
    const { task, ports } = this;
    if (this.isToStop) throw new Error('Task stopped before it ran.');
    if (container.privileged && ports.refusesPrivileged)
      throw new Error(
        `CannotCreateContainerError: ${container.name} is privileged, which this host refuses.`,
      );
    if (!(await hasImage(container.image))) {
      const query = new URLSearchParams({ taskArn: task.taskArn, container: container.name });
      const answer = await ports.requests.get(`image?${query}`).catch((error: Error) => {
        throw new Error(
          /^Cannot\w+Error/.test(error.message)
            ? error.message
            : `CannotPullContainerError: ${error.message}`,
        );
      });
      await loadImage(container.image, answer);
    }
    if (this.isToStop) throw new Error('Task stopped before it ran.');
    const id = await createContainer(task, container);
    this.ids.set(container.name, id);
    await docker(['start', id]);
    if (container.log) this.follow(container.name, id);
  }

  private follow(container: string, id: string): void {
    const { requests, containerInstanceArn } = this.ports;
    this.logs.push(followLogs(requests, { containerInstanceArn, taskArn: this.task.taskArn, container }, id));
  }

  /** The end of an essential container is the end of all. */
  private async waitForAll(): Promise<ContainerState[]> {
    const essential = new Set(this.task.containers.filter((one) => one.essential).map(({ name }) => name));
    const ends = this.containers().map(async ({ name, id }): Promise<ContainerState> => {
      const exitCode = Number(await docker(['wait', id]));
      if (essential.has(name)) void this.end();
      return { name, exitCode, runtimeId: id };
    });
    return Promise.all(ends);
  }

  private async end(): Promise<void> {
    const timeouts = new Map(this.task.containers.map(({ name, stopTimeout }) => [name, stopTimeout]));
    await Promise.all(
      this.containers().map(({ name, id }) =>
        docker(['stop', '--time', String(timeouts.get(name) ?? 30), id]).catch(() => undefined),
      ),
    );
  }

  private tell(status: TaskState['status'], containers: ContainerState[], reason?: string): Promise<void> {
    return this.ports.tell({ taskArn: this.task.taskArn, status, containers, ...(reason ? { reason } : {}) });
  }
}

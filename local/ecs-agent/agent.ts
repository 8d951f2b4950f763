/** The agent: registers this machine, asks what it is to run, and tells what became of it. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentConfig } from './config';
import { startIntrospection, type Told } from './introspection';
import { HttpError, Refused, Requests } from './requests';
import { RunningTask } from './running-task';
import type { Task, TaskState } from './task';

const STATE = '/var/lib/ecs/data/agent.json';
const MIB = 1024 * 1024;
const PAUSE_MS = 2000;
const POLL_SECONDS = 20;

export async function runAgent(config: AgentConfig, version: string): Promise<void> {
  // Containers outlive it, and a new one finds them again.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(0));
  const requests = new Requests(config);
  const tasks = new Map<string, RunningTask>();
  const told: Told = { cluster: config.cluster, containerInstanceArn: null, version, tasks };
  await startIntrospection(told);
  const containerInstanceArn = await register(requests, config, version);
  told.containerInstanceArn = containerInstanceArn;
  console.log(
    `level=info msg="Registration completed successfully" containerInstanceArn=${containerInstanceArn}`,
  );
  const ports = {
    requests,
    containerInstanceArn,
    refusesPrivileged: config.refusesPrivileged,
    tell: (state: TaskState) => tell(requests, containerInstanceArn, state),
  };
  let seen = 0;
  for (;;) {
    try {
      const answer = await requests.post<{ seen: number; tasks: Task[] }>('poll', {
        containerInstanceArn,
        seen,
        waitSeconds: POLL_SECONDS,
      });
      seen = answer.seen;
      const wanted = new Set(answer.tasks.map(({ taskArn }) => taskArn));
      for (const [arn, task] of tasks) if (task.known === 'STOPPED' && !wanted.has(arn)) tasks.delete(arn);
      for (const task of answer.tasks) serve(task);
    } catch (error) {
      // As the real one: it stays up, and does nothing more.
      if (error instanceof HttpError && error.status === 404) return forgotten(error);
      console.error(`level=error msg="poll: ${(error as Error).message}"`);
      await sleep(PAUSE_MS);
    }
  }

  function serve(task: Task): void {
    const running = tasks.get(task.taskArn);
    if (running) {
      if (task.desiredStatus === 'STOPPED') void running.stop();
      return;
    }
    const begun = new RunningTask(task, ports);
    tasks.set(task.taskArn, begun);
    if (task.desiredStatus === 'STOPPED') void begun.stop();
    void begun.run();
  }
}

async function forgotten(error: Error): Promise<void> {
  console.error(`level=error msg="this container instance is deregistered: ${error.message}"`);
  await new Promise(() => undefined);
}

/** Tries for ever what may come right, as the real one; what is refused for good ends it. */
async function register(requests: Requests, config: AgentConfig, version: string): Promise<string> {
  const before = existsSync(STATE) ? JSON.parse(readFileSync(STATE, 'utf8')) : {};
  for (;;) {
    try {
      const { containerInstanceArn } = await requests.post<{ containerInstanceArn: string }>('register', {
        cluster: config.cluster,
        cpu: cpus().length * 1024,
        memory: Math.floor(totalmem() / MIB) - config.reservedMemory,
        version,
        attributes: config.attributes,
        ...before,
      });
      mkdirSync('/var/lib/ecs/data', { recursive: true });
      writeFileSync(STATE, JSON.stringify({ containerInstanceArn }));
      return containerInstanceArn;
    } catch (error) {
      const message = `Unable to register as a container instance with ECS: ${(error as Error).message}`;
      if (error instanceof HttpError && error.code === 'InvalidParameterException')
        throw new Refused(message);
      console.error(`level=error msg=${JSON.stringify(message)}`);
      await sleep(PAUSE_MS);
    }
  }
}

/** Until it is heard: ECS counts a task as running until it is told otherwise. */
async function tell(requests: Requests, containerInstanceArn: string, state: TaskState): Promise<void> {
  for (;;) {
    try {
      await requests.post('tasks', { containerInstanceArn, ...state });
      return;
    } catch (error) {
      if (error instanceof HttpError && error.status >= 400 && error.status < 500) {
        console.error(`level=error msg="${state.taskArn} ${state.status}: ${error.message}"`);
        return;
      }
      await sleep(PAUSE_MS);
    }
  }
}

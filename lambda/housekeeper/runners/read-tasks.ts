import { DescribeTasksCommand, type ECSClient, paginateListTasks, type Task } from '@aws-sdk/client-ecs';
import type { LiveTask } from '../core/choose-runners';

/** DescribeTasks takes so many. */
const AT_A_TIME = 100;

/** How the action tells a container the name of its secret. */
const JIT_SECRET = 'MUSTER_JIT_SECRET';

export interface StartedTask extends LiveTask {
  /** The runner's name; of tasks that others started whatever they said, or nothing. */
  startedBy: string;
}

/**
 * Every task of the cluster that is not told to stop.
 * @throws Error also when an answer is not as documented: nobody is judged by half a list
 */
export async function readTasks(ecs: ECSClient, cluster: string): Promise<StartedTask[]> {
  const arns: string[] = [];
  for await (const { taskArns } of paginateListTasks(
    { client: ecs, pageSize: AT_A_TIME },
    { cluster, desiredStatus: 'RUNNING' },
  )) {
    if (!taskArns) throw new Error(`ECS answered without a list of the tasks of ${cluster}`);
    arns.push(...taskArns);
  }
  const tasks: StartedTask[] = [];
  for (let from = 0; from < arns.length; from += AT_A_TIME)
    tasks.push(...(await describe(ecs, cluster, arns.slice(from, from + AT_A_TIME))));
  return tasks;
}

async function describe(ecs: ECSClient, cluster: string, arns: string[]): Promise<StartedTask[]> {
  const answer = await ecs.send(new DescribeTasksCommand({ cluster, tasks: arns }));
  const { tasks = [], failures = [] } = answer;
  // MISSING: it ended long since.
  const failure = failures.find(({ reason }) => reason !== 'MISSING');
  if (failure) throw new Error(`ECS does not tell of task ${failure.arn}: ${failure.reason}`);
  if (tasks.length + failures.length < arns.length)
    throw new Error(`ECS told of ${tasks.length} of ${arns.length} tasks of ${cluster}`);
  return tasks.filter(({ lastStatus }) => lastStatus !== 'STOPPED').map(toStartedTask);
}

function toStartedTask({ taskArn, startedBy = '', createdAt, startedAt, overrides }: Task): StartedTask {
  if (!taskArn || !createdAt) throw new Error(`ECS has a task ${taskArn} without ARN or time`);
  const environment = overrides?.containerOverrides?.flatMap((container) => container.environment ?? []);
  const jitSecret = environment?.find(({ name }) => name === JIT_SECRET)?.value;
  return {
    arn: taskArn,
    startedBy,
    createdAt: createdAt.getTime(),
    ...(startedAt ? { startedAt: startedAt.getTime() } : {}),
    ...(jitSecret ? { jitSecret } : {}),
  };
}

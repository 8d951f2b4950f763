import {
  DescribeTasksCommand,
  type Task as EcsTask,
  ListTasksCommand,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import type { Aws } from './clients';
import { explain, toAwsError } from './explain';

/** The task, or null when ECS does not know it (yet, or any more). Rejects as the SDK does. */
export async function readTask({ ecs }: Aws, cluster: string, arn: string): Promise<EcsTask | null> {
  const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: [arn] }));
  return tasks?.[0] ?? null;
}

/** ARNs of the tasks of a runner that are not stopped: one, or none. */
export async function findTasks({ ecs }: Aws, cluster: string, runner: string): Promise<string[]> {
  const { taskArns } = await ecs
    .send(new ListTasksCommand({ cluster, startedBy: runner }))
    .catch((error: unknown) => {
      throw explain(`looking for the task of ${runner}`, error);
    });
  return taskArns ?? [];
}

/** One that has stopped, or that ECS does not know any more, is stopped. */
export async function stopTask({ ecs }: Aws, cluster: string, arn: string, reason: string): Promise<void> {
  await ecs.send(new StopTaskCommand({ cluster, task: arn, reason })).catch((error: unknown) => {
    const { name, message } = toAwsError(error);
    if (name === 'InvalidParameterException' && /not found/i.test(message)) return;
    throw explain(`stopping task ${arn}`, error);
  });
}

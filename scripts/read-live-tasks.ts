import { DescribeTasksCommand, type ECSClient, paginateListTasks, type Task } from '@aws-sdk/client-ecs';

/** DescribeTasks takes no more at once. */
const TASKS = 100;

/**
 * Tasks of a cluster that run, are on their way or end; none when there is no cluster. One of which ECS does not tell is
 * there, too, with the last status UNKNOWN: only what ECS calls missing has ended.
 */
export async function readLiveTasks(ecs: ECSClient, cluster: string): Promise<Task[]> {
  const arns: string[] = [];
  try {
    // What ECS wants of them: one that is told to stop has its two minutes, and is there for as long.
    for (const desiredStatus of ['RUNNING', 'STOPPED'] as const) {
      for await (const page of paginateListTasks({ client: ecs }, { cluster, desiredStatus })) {
        if (!page.taskArns) throw new Error(`ECS answered without a list of the tasks of ${cluster}`);
        arns.push(...page.taskArns);
      }
    }
  } catch (error) {
    if ((error as Error).name === 'ClusterNotFoundException') return [];
    throw error;
  }
  const tasks: Task[] = [];
  for (let from = 0; from < arns.length; from += TASKS)
    tasks.push(...(await describe(ecs, cluster, arns.slice(from, from + TASKS))));
  return tasks.filter(({ lastStatus }) => lastStatus !== 'STOPPED');
}

async function describe(ecs: ECSClient, cluster: string, arns: string[]): Promise<Task[]> {
  const { tasks = [], failures = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: arns }));
  const missing = failures.filter(({ reason }) => reason === 'MISSING');
  const told = new Set([...tasks.map(({ taskArn }) => taskArn), ...missing.map(({ arn }) => arn)]);
  const untold = arns.filter((arn) => !told.has(arn));
  return [...tasks, ...untold.map((taskArn) => ({ taskArn, lastStatus: 'UNKNOWN' }))];
}

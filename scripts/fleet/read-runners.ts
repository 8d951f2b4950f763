import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { ECSClient } from '@aws-sdk/client-ecs';
import { CONTAINER_HOSTS, clusterName, groupName } from '../../config/names';
import type { Config, GithubEcsConfig } from '../../config/schema';
import { parseRunnerName } from '../../github/runner-name';
import { readGroups } from '../../lambda/housekeeper/groups/read-groups';
import { readTasks, type StartedTask } from '../../lambda/housekeeper/runners/read-tasks';
import type { RuleStatus, RunnersStatus } from './show-runners';

/** What runs for GitHub's workflows now. */
export async function readRunners(
  { ecs, autoScaling }: { ecs: ECSClient; autoScaling: AutoScalingClient },
  { environment }: Config,
  { repositories, hosts }: GithubEcsConfig,
): Promise<RunnersStatus> {
  const tasks = await readTasks(ecs, clusterName(environment)).catch((error: Error) => {
    if (error.name === 'ClusterNotFoundException') return undefined;
    throw error;
  });
  const group = groupName(environment, CONTAINER_HOSTS);
  const [found] = hosts && tasks ? await readGroups(autoScaling, [group]) : [];
  return {
    rules: repositories.map(({ name, repository }) => ({
      name,
      repository,
      tasks: tasks && countTasks(tasks, { environment, rules: [name] }),
    })),
    hosts: found && {
      desired: found.DesiredCapacity ?? 0,
      max: found.MaxSize ?? 0,
      inService: (found.Instances ?? []).filter(({ LifecycleState }) => LifecycleState === 'InService')
        .length,
    },
  };
}

function countTasks(
  tasks: readonly StartedTask[],
  ours: { environment: string; rules: readonly string[] },
): RuleStatus['tasks'] {
  const own = tasks.filter(({ startedBy }) => parseRunnerName(startedBy, ours));
  const running = own.flatMap(({ startedAt }) => startedAt ?? []);
  return {
    running: running.length,
    starting: own.length - running.length,
    oldest: running.length > 0 ? Math.min(...running) : undefined,
  };
}

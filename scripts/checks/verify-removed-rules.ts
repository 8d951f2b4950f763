import type { ECSClient } from '@aws-sdk/client-ecs';
import { clusterName } from '../../config/names';
import type { Config } from '../../config/schema';
import { parseAnyRunnerName } from '../../github/runner-name';
import { ExpectedError } from '../expected-error';
import { readLiveTasks } from '../read-live-tasks';

/**
 * No rule that has left the config has a task of a runner left. With its rule go its roles, its housekeeping, and with the
 * last one the cluster, so that its job would fail, or nobody would end it.
 */
export async function verifyRemovedRules(
  ecs: ECSClient,
  { environment, aws, githubEcs }: Config,
): Promise<string> {
  const cluster = clusterName(environment);
  const kept = new Set(githubEcs?.repositories.map(({ name }) => name));
  const tasks = await readLiveTasks(ecs, cluster).catch((error: Error) => {
    // Those who have no runners of GitHub need no permission to look for them: nor could they remove a cluster.
    if (!githubEcs && error.name === 'AccessDeniedException') return [];
    throw error;
  });
  const untold = tasks.find(({ lastStatus }) => lastStatus === 'UNKNOWN');
  if (untold)
    throw new ExpectedError(
      `ECS does not tell of task ${untold.taskArn}, so nobody knows whether its rule is still in the config. Run the same again.`,
    );
  const left = tasks.flatMap(({ taskArn = '', startedBy = '', lastStatus }) => {
    const rule = parseAnyRunnerName(startedBy, environment)?.rule;
    return rule && !kept.has(rule) ? [{ taskArn, startedBy, lastStatus, rule }] : [];
  });
  if (left.length === 0) return 'none has a runner left';
  const rules = [...new Set(left.map(({ rule }) => rule))].sort().join(', ');
  const lines = left.map(
    ({ taskArn, startedBy, lastStatus }) =>
      `  aws ecs stop-task --region ${aws.region} --cluster ${cluster} --task ${taskArn}  # ${startedBy} ${lastStatus}`,
  );
  throw new ExpectedError(
    `Rules are no longer in config/${environment}.yaml (githubEcs.repositories) but have runners of GitHub left: ${rules}. Take the action out of their workflows and wait until these have finished, or put the rules back; what has no job worth waiting for can be stopped:\n${lines.join('\n')}`,
  );
}

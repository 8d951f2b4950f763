import { type ECSClient, ListTasksCommand } from '@aws-sdk/client-ecs';
import * as z from 'zod/mini';
import { parseRunnerName } from '../../../github/runner-name';
import { type GithubEcsSettings, TASK_STOPPED } from '../settings';
import type { ReadGithub } from './keep-github';

export interface StoppedPorts {
  readGithub: ReadGithub;
  ecs: ECSClient;
}

export interface StoppedSeen {
  /** What the task was started by: the runner's name, if it is one of ours. */
  runner: string | undefined;
  /**
   * foreign: no task of ours, or one that has not stopped. never-started: the action may try the same runner elsewhere, and
   * the next sweep sees to it. another-task: it does already. busy: GitHub has not given up its job yet.
   */
  outcome: 'foreign' | 'never-started' | 'another-task' | 'removed' | 'busy' | 'gone';
}

const event = z.object({
  detail: z.object({
    clusterArn: z.string(),
    taskArn: z.string(),
    lastStatus: z.string(),
    startedBy: z.optional(z.string()),
    startedAt: z.optional(z.string()),
  }),
});

export const isTaskEvent = (value: unknown): boolean => {
  const { source, 'detail-type': type } = (value ?? {}) as Record<string, unknown>;
  return source === TASK_STOPPED.source && type === TASK_STOPPED.detailType;
};

/**
 * What is left of a runner whose task has stopped goes at once, instead of waiting for GitHub to forget it. Events come
 * late, twice or not at all: nothing is done here that doing twice would harm, or that the next sweep would not do.
 *
 * @throws Error for an event that is not as documented, and when GitHub or ECS do not answer
 */
export async function removeStopped(
  { readGithub, ecs }: StoppedPorts,
  { environment, githubEcs }: { environment: string; githubEcs: GithubEcsSettings },
  value: unknown,
): Promise<StoppedSeen> {
  const parsed = z.safeParse(event, value);
  if (!parsed.success) throw new Error(`ECS's event of a task: ${z.prettifyError(parsed.error)}`);
  const { clusterArn, taskArn, lastStatus, startedBy: name = '', startedAt } = parsed.data.detail;
  const { cluster, rules } = githubEcs;
  const rule = rules.find((one) => parseRunnerName(name, { environment, rules: [one.name] }));
  const seen = (outcome: StoppedSeen['outcome']): StoppedSeen => ({ runner: rule && name, outcome });
  if (!rule || !clusterArn.endsWith(`:cluster/${cluster}`) || lastStatus !== TASK_STOPPED.lastStatus)
    return seen('foreign');
  if (startedAt === undefined) return seen('never-started');

  const github = await readGithub(githubEcs);
  const runner = await github.findRunner(rule.repository, name);
  // As with every runner that had its job: GitHub itself has removed it.
  if (!runner) return seen('gone');
  // Asked by startedBy, ECS takes no other filter, and tells of those that are not told to stop.
  const { taskArns } = await ecs.send(new ListTasksCommand({ cluster, startedBy: name }));
  if (!taskArns) throw new Error(`ECS answered without a list of the tasks of ${name}`);
  // Its list may be a moment behind its events.
  if (taskArns.some((arn) => arn !== taskArn)) return seen('another-task');
  return seen(await github.removeRunner(rule.repository, runner.id));
}

import type { ECSClient } from '@aws-sdk/client-ecs';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Github } from '../../../github/types';
import { chooseRunners, type JudgedRunner } from '../core/choose-runners';
import { forEach } from '../for-each';
import type { GithubEcsSettings } from '../settings';
import type { ReadGithub } from './keep-github';
import { readTasks, type StartedTask } from './read-tasks';
import { removeRunner } from './remove-runner';
import { type Listed, toRunners } from './to-runners';

export interface SweepPorts {
  readGithub: ReadGithub;
  ecs: ECSClient;
  secrets: SecretsManagerClient;
  now: () => number;
}

export interface RunnersSwept {
  repository: string;
  judged: readonly JudgedRunner[];
  /** Names of runners whose registration was removed. */
  removed: string[];
  /** ARNs of tasks that were told to stop. */
  stopped: string[];
  /** Due as well, and left for the next run. */
  later: number;
  failures: string[];
}

/** A GitHub that refuses this often, one after the other, is left alone until the next run. */
const MOST_FAILURES = 3;

/**
 * Removes the runners that nobody will use, and stops their tasks. What cannot be read is not judged: nothing without
 * the tasks, no repository without its list. Never throws.
 */
export async function sweepRunners(
  { readGithub, ecs, secrets, now }: SweepPorts,
  environment: string,
  settings: GithubEcsSettings,
): Promise<RunnersSwept[]> {
  const repositories = [...new Set(settings.rules.map(({ repository }) => repository))];
  const swept = repositories.map(
    (repository): RunnersSwept => ({
      repository,
      judged: [],
      removed: [],
      stopped: [],
      later: 0,
      failures: [],
    }),
  );
  let github: Github;
  const listed = new Map<RunnersSwept, Listed[]>();
  let tasks: StartedTask[];
  try {
    github = await readGithub(settings);
    await forEach(swept, async (one) => {
      try {
        listed.set(one, await github.listRunners(one.repository));
      } catch (error) {
        one.failures.push((error as Error).message);
      }
    });
    // After the lists: a runner is minted before its task starts, so that one in a list has its task by now.
    tasks = await readTasks(ecs, settings.cluster);
  } catch (error) {
    for (const { failures } of swept) failures.push(`${(error as Error).name}: ${(error as Error).message}`);
    return swept;
  }
  await forEach([...listed], async ([one, runners]) => {
    const rules = settings.rules.filter(({ repository }) => repository === one.repository);
    const { judged, due, later } = chooseRunners({
      runners: toRunners(runners, tasks, { environment, rules: rules.map(({ name }) => name) }),
      limits: { claimMs: settings.claimMinutes * 60_000, jobLimitMs: settings.jobLimitMinutes * 60_000 },
      now: now(),
    });
    one.judged = judged;
    one.later = later;
    for (const each of due) {
      if (one.failures.length >= MOST_FAILURES) break;
      try {
        const done = await removeRunner({ github, ecs, secrets }, settings, {
          ...each,
          repository: one.repository,
        });
        if (done.registration === 'removed') one.removed.push(each.runner.name);
        one.stopped.push(...done.stopped);
        one.failures.push(...done.failures);
      } catch (error) {
        one.failures.push(`${each.runner.name}: ${(error as Error).message}`);
      }
    }
  });
  return swept;
}

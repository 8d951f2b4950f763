import { createHash } from 'node:crypto';
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
  /** Due as well, and left for the next run: too many for one, or too many before them failed. */
  later: number;
  failures: string[];
}

/** In one run, of one repository. Each is a call of GitHub, which counts a removal like five questions. */
export const MOST_TRIED = 50;
/** A GitHub that refuses this often, one after the other, is left alone until the next run. */
const MOST_FAILURES = 3;
/** In one run, of one repository, whatever goes well in between. */
const MOST_FAILURES_IN_ALL = 9;

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
    const { judged, due } = chooseRunners({
      runners: toRunners(runners, tasks, { environment, rules: rules.map(({ name }) => name) }),
      limits: { claimMs: settings.claimMinutes * 60_000, jobLimitMs: settings.jobLimitMinutes * 60_000 },
      now: now(),
    });
    one.judged = judged;
    let failed = 0;
    let failedInAll = 0;
    // All that are due, not the oldest fifty: these may be those that fail each time.
    let queue = due;
    for (let tried = 0; tried < MOST_TRIED; tried += 1) {
      const [each, ...rest] = queue;
      if (!each || failed >= MOST_FAILURES || failedInAll >= MOST_FAILURES_IN_ALL) break;
      queue = rest;
      const told = one.failures.length;
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
      if (one.failures.length === told) {
        failed = 0;
        continue;
      }
      failed += 1;
      failedInAll += 1;
      queue = shuffle(queue, now());
    }
    one.later = queue.length;
  });
  return swept;
}

/**
 * Another order in each run. Once one has failed the oldest do not come first: those that fail each time would be in the
 * way of all others for good.
 */
function shuffle(queue: readonly JudgedRunner[], now: number): JudgedRunner[] {
  const toKey = ({ runner }: JudgedRunner) =>
    createHash('sha256').update(`${now} ${runner.name}`).digest('hex');
  return [...queue].sort((one, other) => (toKey(one) < toKey(other) ? -1 : 1));
}

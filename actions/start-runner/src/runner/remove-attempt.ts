import type { Github } from '../../../../github/types';
import type { Attempt } from '../attempts';
import type { Aws } from '../aws/clients';
import { deleteSecret } from '../aws/secret';
import { findTasks, stopTask } from '../aws/tasks';

export interface RemovalPorts {
  github: Github;
  /** @throws when there are no credentials: then GitHub is told all the same. */
  aws: () => Aws;
  say: (line: string) => void;
}

/**
 * Removes a runner that nobody will use, its task and its secret. GitHub decides: a runner that has a job keeps all.
 * With the registration gone no job can come any more; only then the task is stopped. Doing it again does no harm.
 *
 * @returns what could not be removed, each with its reason
 */
export async function removeAttempt(
  attempt: Attempt,
  repository: string,
  { github, aws, say }: RemovalPorts,
): Promise<string[]> {
  const problems: string[] = [];
  const note = (error: unknown) => {
    problems.push((error as Error).message);
    return 'unknown' as const;
  };
  const registration = await removeRegistration(attempt, repository, github).catch(note);
  if (registration === 'busy') {
    say(`Runner ${attempt.runner} has a job and stays: it ends by itself.`);
    return problems;
  }
  if (registration !== 'unknown') {
    say(
      `Runner ${attempt.runner}: ${registration === 'removed' ? 'removed from GitHub' : 'GitHub does not have it'}.`,
    );
    await stopTasks(attempt, aws, say).catch(note);
  }
  // Whoever has a job has deleted it before: a runner that does not find it any more was not needed.
  await removeSecret(attempt, aws).catch(note);
  return problems;
}

async function removeRegistration({ runner, runnerId }: Attempt, repository: string, github: Github) {
  // Without an id nobody knows whether GitHub made one before the answer got lost.
  const id = runnerId ?? (await github.findRunner(repository, runner))?.id;
  return id === undefined ? 'gone' : github.removeRunner(repository, id);
}

async function removeSecret({ secret }: Attempt, aws: () => Aws): Promise<void> {
  if (secret) await deleteSecret(aws(), secret);
}

async function stopTasks(
  { runner, cluster, asked, taskArn }: Attempt,
  aws: () => Aws,
  say: (line: string) => void,
): Promise<void> {
  if (!asked) return;
  for (const arn of taskArn ? [taskArn] : await findTasks(aws(), cluster, runner)) {
    await stopTask(aws(), cluster, arn, 'Muster: its runner is not needed.');
    say(`Task ${arn}: stopped.`);
  }
}

import { type ECSClient, StopTaskCommand } from '@aws-sdk/client-ecs';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Github } from '../../../github/types';
import type { JudgedRunner, LiveTask } from '../core/choose-runners';
import type { GithubEcsSettings } from '../settings';
import { deleteJitSecret, isJitSecret } from './jit-secrets';

export interface RemovePorts {
  github: Github;
  ecs: ECSClient;
  secrets: SecretsManagerClient;
}

export interface RunnerRemoved {
  /** busy: a job took it after all. Undefined: GitHub did not say. */
  registration: 'removed' | 'busy' | 'gone' | undefined;
  /** ARNs of tasks that were told to stop. */
  stopped: string[];
  failures: string[];
}

/**
 * In the order in which no job is lost: the registration, which GitHub refuses while there is a job; then, when no job can
 * come any more, the task; then the secret. One that is over its limit is stopped whatever GitHub says.
 *
 * @throws GithubError when GitHub does not say whether there is a job, and it matters: then nothing was done
 */
export async function removeRunner(
  ports: RemovePorts,
  settings: GithubEcsSettings,
  { repository, runner, verdict }: JudgedRunner & { repository: string },
): Promise<RunnerRemoved> {
  const removed: RunnerRemoved = { registration: 'gone', stopped: [], failures: [] };
  try {
    // Not in the list: it may have come since.
    const id = (runner.registration ?? (await ports.github.findRunner(repository, runner.name)))?.id;
    if (id !== undefined) removed.registration = await ports.github.removeRunner(repository, id);
  } catch (error) {
    if (verdict !== 'overdue') throw error;
    removed.registration = undefined;
    removed.failures.push(`${runner.name}: ${(error as Error).message}`);
  }
  if (removed.registration === 'busy' && verdict !== 'overdue') return removed;
  for (const task of runner.tasks) {
    try {
      await stopTask(ports.ecs, settings, task, verdict);
      removed.stopped.push(task.arn);
      if (task.jitSecret && settings.rules.some(isOf(task.jitSecret)))
        await deleteJitSecret(ports.secrets, task.jitSecret);
    } catch (error) {
      removed.failures.push(
        `${runner.name}, task ${task.arn}: ${(error as Error).name}: ${(error as Error).message}`,
      );
    }
  }
  return removed;
}

const isOf =
  (secret: string) =>
  ({ jitSecretPrefix }: { jitSecretPrefix: string }) =>
    isJitSecret(secret, jitSecretPrefix);

async function stopTask(
  ecs: ECSClient,
  { cluster, claimMinutes, jobLimitMinutes }: GithubEcsSettings,
  { arn }: LiveTask,
  verdict: JudgedRunner['verdict'],
): Promise<void> {
  // 255 characters at most; shown as the task's stopped reason.
  const reason =
    verdict === 'overdue'
      ? `Muster: over its limit, a job of ${jobLimitMinutes} minutes`
      : `Muster: no job took it within ${claimMinutes} minutes`;
  try {
    await ecs.send(new StopTaskCommand({ cluster, task: arn, reason }));
  } catch (error) {
    const { name, message } = error as Error;
    // Ended, and forgotten, since it was read.
    if (name !== 'InvalidParameterException' || !/not found/i.test(message)) throw error;
  }
}

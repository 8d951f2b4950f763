/** Lets no workflow start another runner of GitHub, and waits until those there are have finished their jobs. */
import { DescribeTasksCommand, type ECSClient, paginateListTasks, type Task } from '@aws-sdk/client-ecs';
import {
  DeleteSecretCommand,
  paginateListSecrets,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { DeleteParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { DRAIN_MARGIN_MINUTES } from '../config/drain-margin';
import { toTaskLimitMinutes } from '../config/groups';
import { clusterName, jitSecretPrefix, startRunnerParameter } from '../config/names';
import type { Config } from '../config/schema';
import { ExpectedError } from './expected-error';
import type { Pace } from './pace';

export interface RunnerClients {
  ecs: ECSClient;
  secrets: SecretsManagerClient;
  ssm: SSMClient;
}

const LOOK_EVERY_MS = 5_000;
const TELL_EVERY_MS = 60_000;
/** DescribeTasks takes no more at once. */
const TASKS = 100;

/**
 * From now on no workflow starts a runner: the action reads first of all what it may use, and says that the environment is
 * not deployed. A deploy makes the parameters anew.
 */
export async function closeRunners(ssm: SSMClient, { environment, githubEcs }: Config): Promise<void> {
  for (const { name } of githubEcs?.repositories ?? []) {
    await removeParameter(ssm, startRunnerParameter(environment, name));
  }
}

/** @throws ExpectedError when tasks are still there after the housekeeper would have ended them */
export async function drainRunners(
  clients: Pick<RunnerClients, 'ecs' | 'secrets'>,
  config: Config,
  pace: Pace,
): Promise<void> {
  const { environment, githubEcs } = config;
  if (!githubEcs) return;
  const minutes = toTaskLimitMinutes(githubEcs) + DRAIN_MARGIN_MINUTES;
  const deadline = pace.now() + minutes * 60_000;
  await waitUntilNone(clients.ecs, clusterName(environment), { ...pace, deadline });
  // Of runners that never came: those that came have deleted theirs.
  for (const { name } of githubEcs.repositories) {
    await removeSecrets(clients.secrets, jitSecretPrefix(environment, name));
  }
}

async function removeParameter(ssm: SSMClient, name: string): Promise<void> {
  try {
    await ssm.send(new DeleteParameterCommand({ Name: name }));
  } catch (error) {
    if ((error as Error).name !== 'ParameterNotFound') throw error;
  }
}

async function waitUntilNone(
  ecs: ECSClient,
  cluster: string,
  { now, sleep, print, deadline }: Pace & { deadline: number },
): Promise<void> {
  let told = { text: '', at: Number.NEGATIVE_INFINITY };
  for (;;) {
    const text = toSummary(await readTasks(ecs, cluster));
    if (text === '') return;
    if (text !== told.text || now() - told.at >= TELL_EVERY_MS) {
      print(`waiting for runners of GitHub to finish: ${text}`);
      told = { text, at: now() };
    }
    if (now() >= deadline) {
      throw new ExpectedError(
        `Runners of GitHub are still there after the longest job could have ended: ${text}.\nNothing was destroyed. Look at them (aws ecs describe-tasks --cluster ${cluster} --tasks …), stop them (aws ecs stop-task) or wait, then run again: make destroy`,
      );
    }
    await sleep(LOOK_EVERY_MS);
  }
}

/** Those that run or are on their way; none when there is no cluster. */
async function readTasks(ecs: ECSClient, cluster: string): Promise<Task[]> {
  const arns: string[] = [];
  try {
    // What ECS wants of them: one that is told to stop has its two minutes, and is there for as long.
    for (const desiredStatus of ['RUNNING', 'STOPPED'] as const) {
      for await (const page of paginateListTasks({ client: ecs }, { cluster, desiredStatus }))
        arns.push(...(page.taskArns ?? []));
    }
  } catch (error) {
    if ((error as Error).name === 'ClusterNotFoundException') return [];
    throw error;
  }
  const tasks: Task[] = [];
  for (let from = 0; from < arns.length; from += TASKS) {
    const query = new DescribeTasksCommand({ cluster, tasks: arns.slice(from, from + TASKS) });
    tasks.push(...((await ecs.send(query)).tasks ?? []));
  }
  return tasks.filter(({ lastStatus }) => lastStatus !== 'STOPPED');
}

/** 'muster-dev-app-t4k2p0-0a1b2c3d RUNNING, …'; empty when no task is left. */
function toSummary(tasks: Task[]): string {
  return tasks
    .map(({ startedBy, taskArn, lastStatus }) => `${startedBy || taskArn?.split('/').at(-1)} ${lastStatus}`)
    .sort()
    .join(', ');
}

async function removeSecrets(secrets: SecretsManagerClient, prefix: string): Promise<void> {
  const Filters = [{ Key: 'name' as const, Values: [prefix] }];
  for await (const { SecretList = [] } of paginateListSecrets({ client: secrets }, { Filters })) {
    for (const { Name } of SecretList) {
      if (!Name?.startsWith(prefix)) continue;
      await secrets.send(new DeleteSecretCommand({ SecretId: Name, ForceDeleteWithoutRecovery: true }));
    }
  }
}

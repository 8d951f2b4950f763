/** Lets no workflow start another runner of GitHub, and waits until those there are have finished their jobs. */
import type { ECSClient, Task } from '@aws-sdk/client-ecs';
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
import { readLiveTasks } from './read-live-tasks';

export interface RunnerClients {
  ecs: ECSClient;
  secrets: SecretsManagerClient;
  ssm: SSMClient;
}

const LOOK_EVERY_MS = 5_000;
const TELL_EVERY_MS = 60_000;
/** A workflow may have read its parameter just before it went: its task shows a little later. */
const STRAGGLERS_MS = 120_000;

/**
 * From now on no workflow starts a runner: the action reads first of all what it may use, and says that the environment is
 * not deployed. A deploy makes the parameters anew.
 * @returns whether a workflow could have started one until now
 */
export async function closeRunners(ssm: SSMClient, { environment, githubEcs }: Config): Promise<boolean> {
  let wasOpen = false;
  for (const { name } of githubEcs?.repositories ?? []) {
    if (await removeParameter(ssm, startRunnerParameter(environment, name))) wasOpen = true;
  }
  return wasOpen;
}

/**
 * @param wasOpen whether they were closed a moment ago
 * @throws ExpectedError when tasks are still there after the housekeeper would have ended them
 */
export async function drainRunners(
  clients: Pick<RunnerClients, 'ecs' | 'secrets'>,
  config: Config,
  pace: Pace,
  wasOpen: boolean,
): Promise<void> {
  const { environment, githubEcs } = config;
  if (!githubEcs) return;
  const minutes = toTaskLimitMinutes(githubEcs) + DRAIN_MARGIN_MINUTES;
  const deadline = pace.now() + minutes * 60_000;
  await waitUntilNone(clients.ecs, clusterName(environment), {
    ...{ ...pace, deadline },
    quietMs: wasOpen ? STRAGGLERS_MS : 0,
  });
  // Of runners that never came: those that came have deleted theirs.
  for (const { name } of githubEcs.repositories) {
    await removeSecrets(clients.secrets, jitSecretPrefix(environment, name));
  }
}

async function removeParameter(ssm: SSMClient, name: string): Promise<boolean> {
  try {
    await ssm.send(new DeleteParameterCommand({ Name: name }));
    return true;
  } catch (error) {
    if ((error as Error).name !== 'ParameterNotFound') throw error;
    return false;
  }
}

async function waitUntilNone(
  ecs: ECSClient,
  cluster: string,
  { now, sleep, print, deadline, quietMs }: Pace & { deadline: number; quietMs: number },
): Promise<void> {
  let told = { text: '', at: Number.NEGATIVE_INFINITY };
  let quietSince: number | undefined;
  for (; ; await sleep(LOOK_EVERY_MS)) {
    const text = toSummary(await readLiveTasks(ecs, cluster));
    if (text === '') {
      if (quietSince === undefined && quietMs > 0)
        print(
          `no runner of GitHub is left; looking for ${quietMs / 60_000} minutes whether one was about to start`,
        );
      quietSince ??= now();
      if (now() - quietSince >= quietMs) return;
      continue;
    }
    quietSince = undefined;
    if (text !== told.text || now() - told.at >= TELL_EVERY_MS) {
      print(`waiting for runners of GitHub to finish: ${text}`);
      told = { text, at: now() };
    }
    if (now() >= deadline) {
      throw new ExpectedError(
        `Runners of GitHub are still there after the longest job could have ended: ${text}.\nNothing was destroyed. Look at them (aws ecs describe-tasks --cluster ${cluster} --tasks …), stop them (aws ecs stop-task) or wait, then run again: make destroy`,
      );
    }
  }
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

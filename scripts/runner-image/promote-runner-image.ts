/** Make an image in ECR the one that runners start from. Idempotent, so a failed run is repeated. */
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { runnerImageParameter } from '../../config/names';
import type { Config } from '../../config/schema';
import { toFamilies } from '../../stacks/github-ecs/families';
import { ExpectedError } from '../expected-error';
import { IncompletePromotion } from '../image/incomplete-promotion';
import { readParameter } from '../promote-image';
import type { RunnerImageClients } from './clients';
import { registerImage } from './register-image';

export interface RunnerPromotion {
  config: Config;
  /** Address of the repository, without a tag. */
  repository: string;
  /** sha256:… */
  digest: string;
  print: (line: string) => void;
}

/** Terraform makes the parameter with the value `none`. */
export const isDigest = (value: string | undefined): value is string => value?.startsWith('sha256:') ?? false;

/** Promotions that overlap, one after the other: more than a person and a night are not expected. */
const ROUNDS = 5;

/**
 * Writes the parameter that the next deploy reads, then a revision of each task definition, which the next runner
 * starts from. The parameter is what counts: when another promotion wrote it meanwhile, the task definitions follow it,
 * so that two that overlap end alike. Running tasks are left alone.
 * @throws ExpectedError when nothing is deployed yet; IncompletePromotion when a task definition could not be registered: all others are, and again completes it
 */
export async function promoteRunnerImage(
  clients: Pick<RunnerImageClients, 'ecs' | 'ssm'>,
  { config, repository, digest, print }: RunnerPromotion,
): Promise<void> {
  const parameter = runnerImageParameter(config.environment);
  const before = await readParameter(clients.ssm, parameter);
  // Made here it would be in the way of the deploy that makes it.
  if (before === undefined) {
    throw new ExpectedError(
      `There is no parameter ${parameter}: the deploy makes it, and has not come so far. Deploy first: make deploy ENV=${config.environment}`,
    );
  }
  if (before !== digest) {
    await clients.ssm.send(
      new PutParameterCommand({ Name: parameter, Value: digest, Type: 'String', Overwrite: true }),
    );
  }
  print(`${parameter}: ${before === digest ? `${digest} already` : `${digest}, was ${before}`}`);

  let promoted = digest;
  for (let round = 1; ; round += 1) {
    const failures = await registerAll(clients, { config, repository, digest: promoted, print });
    const present = await readParameter(clients.ssm, parameter);
    if (isDigest(present) && present !== promoted) {
      print(`${parameter}: another promotion wrote ${present} meanwhile, which counts`);
      if (round === ROUNDS) failures.push(`${parameter} changes all the time: find out who else promotes`);
      promoted = present;
      if (round < ROUNDS) continue;
    }
    if (failures.length > 0) {
      const again = `make runner-image ENV=${config.environment} VERSION=${promoted}`;
      throw new IncompletePromotion({ promoted, failures, again });
    }
    return;
  }
}

/** @returns what could not be done, and why; all else is done */
async function registerAll(
  { ecs }: Pick<RunnerImageClients, 'ecs'>,
  { config, repository, digest, print }: RunnerPromotion,
): Promise<string[]> {
  const rules = config.githubEcs?.repositories ?? [];
  const failures: string[] = [];
  for (const { family } of rules.flatMap((rule) => toFamilies(config.environment, rule))) {
    try {
      const what = await registerImage(ecs, family, `${repository}@${digest}`);
      print(`task definition ${family}: ${what ?? 'not deployed yet, the deploy will use the image'}`);
    } catch (error) {
      const { name, message } = error as Error;
      failures.push(`${family}: ${name}: ${message}`);
    }
  }
  return failures;
}

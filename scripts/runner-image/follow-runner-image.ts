/** After a deploy: every task definition has the promoted image, whatever was promoted while the deploy ran, and once. */

import { runnerImageParameter } from '../../config/names';
import type { Config } from '../../config/schema';
import { readParameter } from '../promote-image';
import type { RunnerImageClients } from './clients';
import { isDigest, promoteRunnerImage } from './promote-runner-image';
import { readRepository } from './read-images';
import { tidyRevisions } from './tidy-revisions';

/** @returns the command that is still missing; undefined when runners can start */
export async function followRunnerImage(
  clients: RunnerImageClients,
  config: Config,
  print: (line: string) => void,
): Promise<string | undefined> {
  const { environment } = config;
  const digest = await readParameter(clients.ssm, runnerImageParameter(environment));
  if (!isDigest(digest)) return `make runner-image ENV=${environment}`;
  const repository = await readRepository(clients.ecr, environment);
  await promoteRunnerImage(clients, { config, repository, digest, print });
  const tidied = await tidyRevisions(clients.ecs, config);
  if (tidied > 0) print(`deregistered ${tidied} task definitions that nothing starts from any more`);
  return undefined;
}

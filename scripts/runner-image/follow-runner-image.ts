/** After a deploy: every task definition has the promoted image, whatever was promoted while the deploy ran, and once. */

import { runnerImageParameter, runnerRepository } from '../../config/names';
import type { Config } from '../../config/schema';
import { readParameter } from '../promote-image';
import type { RunnerImageClients } from './clients';
import { isDigest, promoteRunnerImage } from './promote-runner-image';
import { findRunnerImage, readRepository } from './read-images';
import { tidyRevisions } from './tidy-revisions';

/** @returns the command that is still missing; undefined when runners can start */
export async function followRunnerImage(
  clients: RunnerImageClients,
  config: Config,
  print: (line: string) => void,
): Promise<string | undefined> {
  const missing = await promoteAgain(clients, config, print);
  const tidied = await tidyRevisions(clients.ecs, config);
  if (tidied > 0) print(`deregistered ${tidied} task definitions that nothing starts from any more`);
  return missing;
}

async function promoteAgain(
  clients: RunnerImageClients,
  config: Config,
  print: (line: string) => void,
): Promise<string | undefined> {
  const { environment } = config;
  const build = `make runner-image ENV=${environment}`;
  const digest = await readParameter(clients.ssm, runnerImageParameter(environment));
  if (!isDigest(digest)) return build;
  const repository = await readRepository(clients.ecr, environment);
  // A deploy that changes the key of the repository makes it anew, without the images.
  if (!(await findRunnerImage(clients.ecr, environment, { imageDigest: digest }))) {
    print(`${digest} is promoted, but not in the repository ${runnerRepository(environment)} any more`);
    return build;
  }
  await promoteRunnerImage(clients, { config, repository, digest, print });
  return undefined;
}

/** An image that is in ECR already becomes the one that runners start from: VERSION= and ROLLBACK=1. */
import { runnerImageParameter } from '../../config/names';
import type { Config } from '../../config/schema';
import { readPromotedAmis } from '../../lambda/housekeeper/images/read-promotions';
import { type Check, runChecks } from '../checks/run-checks';
import { chooseRunnerImage, chooseRunnerRollback } from './choose-runner-image';
import type { RunnerImageClients } from './clients';
import { isDigest, promoteRunnerImage } from './promote-runner-image';
import { type RunnerImage, readRepository, readRunnerImages } from './read-images';

export interface Choice {
  config: Config;
  /** Tag or digest; undefined: the one that was promoted before. */
  version: string | undefined;
  checks: Check[];
  print: (line: string) => void;
}

/** @returns the image that is promoted now. @throws ExpectedError when there is none such: nothing is changed */
export async function promoteChosenRunner(
  clients: RunnerImageClients,
  { config, version, checks, print }: Choice,
): Promise<RunnerImage> {
  const { environment } = config;
  let repository = '';
  let chosen: RunnerImage | undefined;
  await runChecks(
    [
      ...checks,
      {
        title: 'Runner image',
        verify: async () => {
          repository = await readRepository(clients.ecr, environment);
          const images = await readRunnerImages(clients.ecr, environment);
          const history = await readPromotedAmis(clients.ssm, runnerImageParameter(environment));
          const there = { environment, images, promoted: history.filter(isDigest) };
          chosen = version ? chooseRunnerImage(there, version) : chooseRunnerRollback(there);
          return `${chosen.tag || 'without a tag'}, ${chosen.digest}`;
        },
      },
    ],
    print,
  );
  if (!chosen) throw new Error('no image was chosen, and nobody said so');
  await promoteRunnerImage(clients, { config, repository, digest: chosen.digest, print });
  return chosen;
}

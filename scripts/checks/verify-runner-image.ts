import type { ECRClient } from '@aws-sdk/client-ecr';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { runnerImageParameter, runnerRepository } from '../../config/names';
import type { Config } from '../../config/schema';
import { ExpectedError } from '../expected-error';
import { readParameter } from '../promote-image';
import { isDigest } from '../runner-image/promote-runner-image';
import { findRunnerImage } from '../runner-image/read-images';

const DAY_MS = 24 * 3600_000;
/** GitHub wants a new runner within 30 days; what is left is for a bump, a review and a build. */
const OLD_DAYS = 25;

/**
 * The promoted image of GitHub's runners is in the repository. None is no failure: the deploy makes the repository that
 * the first one goes to. @param now milliseconds since 1970
 */
export async function verifyRunnerImage(
  { ecr, ssm }: { ecr: ECRClient; ssm: SSMClient },
  { environment }: Config,
  now: number,
): Promise<string> {
  const build = `make runner-image ENV=${environment}`;
  const digest = await readParameter(ssm, runnerImageParameter(environment));
  if (!isDigest(digest)) return `none yet, so no runner starts; after the deploy: ${build}`;
  const image = await findRunnerImage(ecr, environment, { imageDigest: digest }).catch((error: Error) => {
    if (error.name !== 'RepositoryNotFoundException') throw error;
    return undefined;
  });
  if (!image) {
    throw new ExpectedError(
      `${digest} is promoted, but not in the repository ${runnerRepository(environment)} any more: no runner could start. Build one (${build}), or promote another that is there (${build} VERSION=…).`,
    );
  }
  const days = Math.floor((now - image.pushedAt) / DAY_MS);
  const found = `${image.tag || digest}, ${days} days old`;
  return days < OLD_DAYS
    ? found
    : `${found}: GitHub refuses runners that miss a release for 30 days. Renew it: make bump ONLY=ACTIONS_RUNNER, then ${build}`;
}

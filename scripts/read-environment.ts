/** Which environment an operator means, from the variables given to make. */

import { readConfig } from '../config/load';
import type { Config, GithubEcsConfig } from '../config/schema';
import { ExpectedError } from './expected-error';

export const readChosenConfig = (environment: NodeJS.ProcessEnv): Config =>
  readConfig({
    environment: environment.ENV || 'dev',
    directory: environment.MUSTER_CONFIG_DIR || 'config',
  });

/** The image that is meant: the one named, or the only one there is. */
export function chooseImage(config: Config, named: string | undefined): string {
  const known = Object.keys(config.images);
  if (named && known.includes(named)) return named;
  if (!named && known.length === 1 && known[0]) return known[0];
  if (known.length === 0) {
    throw new ExpectedError(
      `config/${config.environment}.yaml defines no image of a machine.${config.githubEcs ? ` The container image of GitHub's runners: make runner-image ENV=${config.environment}` : ''}`,
    );
  }
  throw new ExpectedError(
    `${named ? `There is no image ${JSON.stringify(named)}` : 'Several images are defined'} in config/${config.environment}.yaml. Use ${known.map((name) => `IMAGE=${name}`).join(' or ')}.`,
  );
}

/** In IMAGES=, the container image of GitHub's runners: by its field of the config, which no image can be called. */
export const RUNNER_IMAGE = 'githubEcs';

/**
 * The images that IMAGES= names, separated by commas; else those of the nightly pipeline, else all. With `githubEcs` the
 * container image is one of them, the last.
 */
export function chooseImages(config: Config, named: string | undefined): string[] {
  const { nightly, images, githubEcs } = config;
  if (!named) return [...(nightly?.images ?? Object.keys(images)), ...(githubEcs ? [RUNNER_IMAGE] : [])];
  return named
    .split(',')
    .map((name) => name.trim())
    .map((name) => (githubEcs && name === RUNNER_IMAGE ? name : chooseImage(config, name)));
}

/** @throws ExpectedError when the environment has no runners for GitHub */
export function chooseGithubEcs({ environment, githubEcs }: Config): GithubEcsConfig {
  if (githubEcs) return githubEcs;
  throw new ExpectedError(
    `config/${environment}.yaml has no githubEcs, so there are no runners to build an image for: docs/github.md.`,
  );
}

/** Which environment an operator means, from the variables given to make. */

import { readConfig } from '../config/load';
import type { Config } from '../config/schema';
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
  throw new ExpectedError(
    `${named ? `There is no image ${JSON.stringify(named)}` : 'Several images are defined'} in config/${config.environment}.yaml. Use ${known.map((name) => `IMAGE=${name}`).join(' or ')}.`,
  );
}

/** The images that IMAGES= names, separated by commas; else those of the nightly pipeline, else all. */
export function chooseImages(config: Config, named: string | undefined): string[] {
  if (!named) return config.nightly?.images ?? Object.keys(config.images);
  return named.split(',').map((name) => chooseImage(config, name.trim()));
}

/** Which image of the repository an operator means. */
import { ExpectedError } from '../expected-error';
import type { RunnerImage } from './read-images';

export interface RunnerImages {
  environment: string;
  /** The newest first. */
  images: readonly RunnerImage[];
  /** Digests that were promoted, the last first, each once. */
  promoted: readonly string[];
}

const SHOWN = 10;

/** What VERSION= names: a tag or a digest. @throws ExpectedError that lists those there are */
export function chooseRunnerImage(there: RunnerImages, wanted: string): RunnerImage {
  const found = there.images.find(({ tag, digest }) => digest === wanted || (tag !== '' && tag === wanted));
  if (found) return found;
  throw new ExpectedError(`There is no runner image ${JSON.stringify(wanted)}. ${toChoice(there)}`);
}

/** The image that was promoted before the present one. @throws ExpectedError when there is none to go back to */
export function chooseRunnerRollback(there: RunnerImages): RunnerImage {
  const [from, to] = there.promoted;
  if (!from) throw new ExpectedError(`No runner image was ever promoted. ${toChoice(there)}`);
  if (!to) {
    throw new ExpectedError(`${from} is the only runner image that was ever promoted. ${toChoice(there)}`);
  }
  const found = there.images.find(({ digest }) => digest === to);
  if (!found) {
    throw new ExpectedError(
      `${to}, promoted before ${from}, is no longer in the repository (githubEcs.image.keep says how many stay). ${toChoice(there)}`,
    );
  }
  return found;
}

function toChoice({ environment, images }: RunnerImages): string {
  const command = `make runner-image ENV=${environment}`;
  const named = images.filter(({ tag }) => tag !== '').slice(0, SHOWN);
  if (named.length === 0) return `There is none yet; build one: ${command}`;
  const lines = named.map(({ tag, digest }) => `  VERSION=${tag}  (${digest})`);
  return `These are there: ${command} with one of\n${lines.join('\n')}`;
}

/** Versions of an image, as an operator names them: the stamp in the AMI's name, or the AMI's id. */
import { TAGS } from '../../config/names';
import type { Ami } from '../../lambda/housekeeper/core/images';
import { ExpectedError } from '../expected-error';

export interface Versions {
  environment: string;
  image: string;
  /** AMIs of the account in the region; others are passed over. */
  amis: readonly Ami[];
}

/** '20261121-031502' of muster-dev-runner-20261121-031502; a name that somebody else gave stays whole. */
export function toVersion({ environment, image }: Omit<Versions, 'amis'>, name: string): string {
  const prefix = `muster-${environment}-${image}-`;
  return name.startsWith(prefix) ? name.slice(prefix.length) : name;
}

/** AMIs of this image, the newest first. */
export function listOwn({ environment, image, amis }: Versions): Ami[] {
  return amis
    .filter(({ tags }) => tags[TAGS.environment] === environment && tags[TAGS.image] === image)
    .sort((one, other) => (other.createdAt ?? 0) - (one.createdAt ?? 0));
}

/** The AMI that VERSION= means. @throws ExpectedError that lists the versions there are */
export function chooseVersion(versions: Versions, wanted: string): string {
  const own = listOwn(versions);
  if (/^ami-[0-9a-f]+$/.test(wanted)) return wanted;
  const found = own.filter(({ name }) => toVersion(versions, name) === wanted);
  if (wanted !== '' && found.length === 1 && found[0]) return found[0].id;
  const known = own.slice(0, 10).map(({ id, name }) => `  VERSION=${toVersion(versions, name)}  (${id})`);
  throw new ExpectedError(
    `${wanted === '' ? 'Say which version to promote' : `There is no version ${JSON.stringify(wanted)} of image ${versions.image}`}. ${
      known.length > 0
        ? `There are:\n${known.join('\n')}`
        : `There is none yet; bake one: make ami ENV=${versions.environment} IMAGE=${versions.image}`
    }`,
  );
}

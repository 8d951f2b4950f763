import { ExpectedError } from '../expected-error';
import { listOwn, toVersion, type Versions } from './version';

export interface Rollback {
  from: string;
  to: string;
}

/** The AMI that was promoted before the present one. @throws ExpectedError when there is none to go back to */
export function chooseRollback(versions: Versions, promoted: readonly string[]): Rollback {
  const { environment, image } = versions;
  const own = listOwn(versions);
  const there = own.map(({ id, name }) => `  VERSION=${toVersion(versions, name)}  (${id})`);
  const remedy =
    there.length > 0
      ? `These are there: make promote ENV=${environment} IMAGE=${image} with one of\n${there.join('\n')}`
      : `Bake one: make ami ENV=${environment} IMAGE=${image}`;
  const [from, to] = promoted;
  if (!from) throw new ExpectedError(`No image ${image} was ever promoted for ${environment}. ${remedy}`);
  if (!to) throw new ExpectedError(`${from} is the only image ${image} that was ever promoted. ${remedy}`);
  if (!own.some(({ id }) => id === to)) {
    throw new ExpectedError(`${to}, promoted before ${from}, was deregistered. ${remedy}`);
  }
  return { from, to };
}

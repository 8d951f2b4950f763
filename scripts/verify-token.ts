import type { ChosenSecret } from './choose-secret';
import { ExpectedError } from './expected-error';

/**
 * Refuses what GitLab would refuse, or worse, take: a legacy registration token makes a new runner of every instance.
 * The text itself must not appear in an error.
 * @throws ExpectedError
 */
export function verifyToken({ kind }: Pick<ChosenSecret, 'kind'>, token: string): void {
  if (kind !== 'glrt' || token.startsWith('glrt-')) return;
  const seen = /^GR1348941/.test(token)
    ? 'This is a legacy registration token (GR1348941…), with which every instance would become a runner of its own.'
    : /^gl[a-z]{2,4}-/.test(token)
      ? `This is another kind of token of GitLab (${token.slice(0, token.indexOf('-') + 1)}…).`
      : 'This is no runner authentication token: those begin with glrt-.';
  throw new ExpectedError(
    `${seen} Nothing was stored. Create the runner in GitLab (Settings, CI/CD, Runners, New runner; or POST /api/v4/user/runners) and give the glrt- token that it shows once.`,
  );
}

import { ExpectedError } from '../expected-error';
import type { Place } from './to-place';

export interface Proposal {
  /** Our branch: overwritten each time, so that there is one request and not one a week. */
  branch: string;
  target: string;
  title: string;
  body: string;
}

/** Runs git with arguments. @throws when it fails */
type Git = (...args: string[]) => Promise<string>;

/** Puts what is changed in the tree on a branch and opens a request for it, once. @returns what was done */
export async function proposeChanges(
  { forge, remote, pushUser, tokenVariable }: Place,
  { branch, target, title, body }: Proposal,
  git: Git,
): Promise<string> {
  const changes = await git('status', '--porcelain', '--untracked-files=no');
  if (changes.trim() === '') return 'Nothing has changed, so there is nothing to propose.';
  await git('checkout', '-B', branch);
  await git(
    '-c',
    'user.name=muster',
    '-c',
    'user.email=muster@localhost',
    'commit',
    '--all',
    '--message',
    title,
  );
  // The token stays in the environment: git asks this for it, and no process shows it in its arguments.
  const helper = `!f() { echo username=${pushUser}; echo "password=$${tokenVariable}"; }; f`;
  // Credentials that the checkout left behind would win over it.
  const without = ['-c', `http.${new URL(remote).origin}/.extraheader=`, '-c', 'credential.helper='];
  await git(
    ...without,
    '-c',
    `credential.helper=${helper}`,
    'push',
    '--force',
    remote,
    `HEAD:refs/heads/${branch}`,
  );
  const open = await forge.findRequest(branch);
  if (open) return `${open.url} shows the changes now.`;
  return `${await forge.openRequest({ branch, target, title, body })} proposes the changes.`;
}

/** @throws ExpectedError when there is none */
export function toTarget(variables: NodeJS.ProcessEnv): string {
  if (variables.TARGET) return variables.TARGET;
  throw new ExpectedError('Which branch is the change for? Say TARGET=develop.');
}

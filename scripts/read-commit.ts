import { $ } from 'zx';
import { toCommit } from '../stacks/nightly/to-commit';

/** The commit that an image is baked from; `-changed` when the tree differs from it. */
export async function readCommit(): Promise<string> {
  const git = $({ nothrow: true, quiet: true });
  const head = await git`git rev-parse --short=12 HEAD`;
  if (head.exitCode !== 0) return 'unknown';
  const changes = await git`git status --porcelain`;
  return toCommit(head.stdout, changes.stdout);
}

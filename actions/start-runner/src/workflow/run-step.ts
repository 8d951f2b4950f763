import { GithubError } from '../../../../github/github-error';
import { Failure, Stopped } from '../failure';
import type { Commands } from './commands';

/** The frame of a step: what went wrong becomes its error, and its status. */
export function runStep({ error, say }: Commands, step: () => Promise<void>): void {
  step().catch((thrown: Error) => {
    error(thrown.message);
    // Anything else is a defect, and shows where.
    const isExpected = [Failure, Stopped, GithubError].some((kind) => thrown instanceof kind);
    if (!isExpected) for (const line of (thrown.stack ?? '').split('\n')) say(line);
    process.exitCode = 1;
  });
}

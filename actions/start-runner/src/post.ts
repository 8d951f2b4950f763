/** After the job: removes what its step has started, unless the runner waits for the job that it is for. */

import { realClock } from '../../../clock/clock';
import { createGithub } from '../../../github/client';
import { type Attempt, readAttempts } from './attempts';
import { createAws } from './aws/clients';
import { readAccess } from './inputs';
import { removeAttempt } from './runner/remove-attempt';
import { createCommands } from './workflow/commands';
import { runStep } from './workflow/run-step';

/** Of GitHub's client, for one runner. */
const BUDGET_MS = 40_000;

const commands = createCommands(process.env, (line) => console.log(line));

runStep(commands, async () => {
  const { say, error, input } = commands;
  const attempts = readAttempts(commands);
  const unneeded = attempts.filter((attempt) => !isNeeded(attempt, input('job-status')));
  for (const { runner } of attempts.filter((attempt) => !unneeded.includes(attempt)))
    say(`Runner ${runner} waits for its job.`);
  if (unneeded.length === 0) return say('There is nothing to remove.');
  const access = readAccess(commands, process.env);
  const github = createGithub({ ...access, clock: realClock, fetch, say, budgetMs: BUDGET_MS });
  const aws = () => createAws(process.env, access.region);
  for (const attempt of unneeded) {
    const problems = await removeAttempt(attempt, access.repository, { github, aws, say });
    if (problems.length === 0) continue;
    process.exitCode = 1;
    error(
      `Not everything of runner ${attempt.runner} could be removed; the housekeeper of the environment will do it. ${problems.join(' ')}`,
    );
  }
});

/** A job that failed or was cancelled has no next one that the runner could be for. */
function isNeeded({ online }: Attempt, status: string): boolean {
  return online === true && !/^(failure|cancelled)$/i.test(status);
}

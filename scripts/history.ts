/**
 * make history ENV=dev [FLEET=linux] [DAYS=7] [OUT=file.csv]: reads from the CI which jobs of the fleets were submitted when and
 * how long they ran, and writes them as a trace for make simulate TRACE=file.csv. Asks politely, which can take a while; who is
 * interrupted runs the same again and goes on. CircleCI: PROJECTS=gh/acme/app,gh/acme/lib, else all that the token's user
 * follows. GitHub: jobs that ran on runners of githubEcs; LABELS=self-hosted,linux takes others in their repositories too.
 */
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { realClock } from '../clock/clock';
import { ExpectedError } from './expected-error';
import { prepare } from './fleet/prepare';
import { readOptions } from './history/options';
import { createProgress } from './history/progress';
import { count, readHistory, toMinute } from './history/read-history';
import { readSecret } from './history/read-secret';
import { summarize } from './history/summarize';
import { toAdvice } from './history/to-advice';
import { writeTrace } from './history/write-trace';
import { runScript } from './run-script';

runScript(async (variables) => {
  const config = await prepare(variables);
  const options = readOptions(variables, config);
  const secrets = new SecretsManagerClient({ region: config.aws.region });
  const { jobs, journal, missed, requests } = await readHistory(options, {
    clock: realClock,
    progress: createProgress(process.stderr, realClock.now),
    readSecret: (name) => readSecret(secrets, name),
  });
  const { since, until } = journal.window;
  const span = `from ${toMinute(since)} to ${toMinute(until)}`;
  if (jobs.length === 0) {
    journal.remove();
    throw new ExpectedError(`No job of the fleets ended ${span}. ${toAdvice(options.accounts, missed)}`);
  }
  writeTrace(options.out, jobs);
  journal.remove();
  console.log(summarize(jobs).join('\n'));
  console.log(
    `\n${options.out}: ${count(jobs.length)} jobs, submitted ${span}, with ${count(requests)} requests`,
  );
  const fleets = config.fleets
    .map(({ name }) => name)
    .filter((name) => jobs.some((job) => job.fleet === name));
  for (const fleet of fleets)
    console.log(`make simulate ENV=${config.environment} FLEET=${fleet} TRACE=${options.out}`);
  if (fleets.length === 0)
    console.log(
      'make simulate takes fleets, and rules of githubEcs are none: to see these jobs on one, write its name into the last column.',
    );
});

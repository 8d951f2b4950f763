import type { GithubError } from '../../../../github/github-error';
import type { StartRunnerSettings } from '../../settings';
import type { Attempt } from '../attempts';
import { runTask } from '../aws/run-task';
import { createSecret } from '../aws/secret';
import { Stopped } from '../failure';
import type { Launch } from '../plan';
import { buildNames } from './names';
import type { Ports } from './ports';
import { type Outcome, waitUntilOnline } from './wait-until-online';

export interface Tried {
  attempt: Attempt;
  outcome: Outcome;
}

/**
 * One runner, one secret, one task. Each is noted before it is made.
 * @throws Failure, GithubError or Stopped: what was noted is there, or may be
 */
export async function tryLaunch(
  settings: StartRunnerSettings,
  { launch, placeBy }: { launch: Launch; placeBy: number },
  ports: Ports,
): Promise<Tried> {
  const { github, aws, clock, signal, say, mask, attempts, random, verifyOpen } = ports;
  const { cluster, repository, rule } = settings;
  const names = buildNames(settings, clock.now(), random);
  let attempt: Attempt = { runner: names.runner, mode: launch.mode, cluster };
  const note = (more: Partial<Attempt>) => {
    attempt = { ...attempt, ...more };
    attempts.note(attempt);
  };
  const go = () => {
    if (signal.aborted) throw new Stopped(String(signal.reason));
  };

  go();
  note({});
  const minted = await github
    .mintRunner(repository, { name: names.runner, labels: names.labels })
    .catch((error: unknown) => {
      if (signal.aborted) throw new Stopped(`${signal.reason} ${(error as GithubError).message}`);
      throw error;
    });
  mask(minted.encodedJitConfig);
  note({ runnerId: minted.id });
  say(`Runner ${names.runner} is registered with GitHub.`);

  go();
  note({ secret: names.secret });
  const value = minted.encodedJitConfig;
  await createSecret(aws(), { name: names.secret, value, rule, key: settings.secretKey });

  // A destroy that began since waits for the runners it sees: it would not see this one.
  await verifyOpen();
  go();
  note({ asked: true });
  const task = { cluster, launch, runner: names.runner, rule, secret: names.secret };
  const started = await runTask(task, { ...ports, aws: aws() });
  if (started.kind === 'capacity') return { attempt, outcome: started };
  note({ taskArn: started.arn });
  say(`Task ${started.arn} was started (${launch.mode}).`);

  const outcome = await waitUntilOnline({ settings, runnerId: minted.id, arn: started.arn, placeBy }, ports);
  if (outcome.kind === 'online') note({ online: true });
  return { attempt, outcome };
}

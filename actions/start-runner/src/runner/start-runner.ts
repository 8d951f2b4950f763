import type { StartRunnerSettings } from '../../settings';
import type { Attempt } from '../attempts';
import { Failure, Stopped } from '../failure';
import type { Launch } from '../plan';
import type { Ports } from './ports';
import { removeAttempt } from './remove-attempt';
import { tryLaunch } from './try-launch';

/** After all modes had no capacity, longer each time. */
const PAUSES_MS = [5_000, 10_000, 20_000, 30_000];
/** A repository whose jobs take every runner would have one started for ever. */
const MOST_TAKEN = 3;

/**
 * Tries the modes in turn until a runner is online. What one attempt leaves is removed before the next begins.
 * @throws Failure, GithubError or Stopped
 */
export async function startRunner(
  settings: StartRunnerSettings,
  launches: readonly Launch[],
  ports: Ports,
): Promise<Attempt> {
  const { clock, signal, say } = ports;
  let taken = 0;
  let lacking = '';
  const go = () => {
    if (signal.aborted) throw new Stopped(`${signal.reason} ${lacking}`.trim());
  };
  for (let round = 0; ; round += 1) {
    const whys: string[] = [];
    for (const launch of launches) {
      for (;;) {
        go();
        const { attempt, outcome } = await tryLaunch(settings, launch, ports);
        if (outcome.kind === 'online') return attempt;
        say(`${outcome.kind === 'taken' ? 'Not ours' : 'No capacity'}: ${outcome.why}.`);
        for (const problem of await removeAttempt(attempt, settings.repository, ports)) say(problem);
        if (outcome.kind === 'capacity') {
          whys.push(outcome.why);
          break;
        }
        taken += 1;
        if (taken >= MOST_TAKEN)
          throw new Failure(
            `${taken} runners were started, and none was left for this workflow. ${outcome.why}.`,
          );
      }
    }
    const pause = PAUSES_MS[Math.min(round, PAUSES_MS.length - 1)] ?? 0;
    say(`No mode has capacity (${whys.join('; ')}). All are tried again in ${pause / 1000} s.`);
    lacking = `AWS had no capacity: ${whys.join('; ')}. Allow the rule more modes or more subnets (zones), raise the quota that is named, or run the job again later.`;
    await clock.sleep(pause, signal);
    go();
  }
}

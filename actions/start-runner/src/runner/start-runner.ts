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
  for (let round = 0; ; round += 1) {
    const whys: string[] = [];
    const queue = [...launches];
    for (let launch = queue.shift(); launch !== undefined; launch = queue.shift()) {
      if (signal.aborted) throw new Stopped(`${signal.reason} ${lacking}`.trim());
      const placeBy = toPlaceBy(ports, queue.length);
      const { attempt, outcome } = await tryLaunch(settings, { launch, placeBy }, ports);
      if (outcome.kind === 'online') return attempt;
      say(`${outcome.kind === 'taken' ? 'Not for us' : 'No capacity'}: ${endless(outcome.why)}.`);
      const problems = await removeAttempt(attempt, settings.repository, ports);
      for (const problem of problems) say(problem);
      // Otherwise the post step tries again.
      if (problems.length === 0) ports.attempts.forget(attempt);
      if (outcome.kind === 'capacity') whys.push(endless(outcome.why));
      else {
        taken += 1;
        if (taken === MOST_TAKEN)
          throw new Failure(`${taken} runners were started, and other jobs took them: ${outcome.why}.`);
        queue.unshift(launch);
      }
    }
    const pause = PAUSES_MS[Math.min(round, PAUSES_MS.length - 1)] ?? 0;
    lacking = `AWS had no capacity: ${whys.join('; ')}. Allow the rule more modes or more subnets (zones), raise the quota that is named, or run the job again later.`;
    say(`No mode has capacity. All are tried again in ${pause / 1000} s.`);
    await clock.sleep(pause, signal);
  }
}

/** Each mode that is left has an equal share of the time to find a place; the last one has all of it. */
const toPlaceBy = ({ clock, deadline }: Ports, others: number) =>
  others === 0 ? deadline : clock.now() + (deadline - clock.now()) / (others + 1);

const endless = (sentence: string) => sentence.replace(/\.$/, '');

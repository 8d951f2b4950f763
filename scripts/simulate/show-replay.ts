/** SOAK=<seed>: a scenario of `make soak`, line by line; with the smallest trace, if something is violated. */
import { minimize, toViolations } from '../../simulate/minimize';
import { replay } from '../../simulate/replay';
import { toScenario } from '../../simulate/scenario';
import { ExpectedError } from '../expected-error';
import { readSize } from './read-size';

export function showReplay({ SOAK, SIZE }: NodeJS.ProcessEnv): void {
  const seed = Number(SOAK);
  if (!Number.isInteger(seed)) throw new ExpectedError(`SOAK=${SOAK}: use the number of a seed.`);
  const scenario = toScenario(seed, readSize(SIZE));
  const isBad = toViolations(scenario).length > 0;
  const { lines, violations } = replay(isBad ? minimize(scenario) : scenario);
  console.log(lines.join('\n'));
  console.log(
    isBad ? `Violated, with the smallest trace: ${violations.join('; ')}` : 'Nothing was violated.',
  );
}

import { offer } from '../../config/closest';
import type { Config, FleetConfig } from '../../config/schema';
import { ExpectedError } from '../expected-error';

/** The fleet that FLEET= names, or the only one there is. */
export function chooseFleet({ environment, fleets }: Config, named: string | undefined): FleetConfig {
  const chosen = named ? fleets.find(({ name }) => name === named) : fleets[0];
  if (chosen && (named || fleets.length === 1)) return chosen;
  const names = fleets.map(({ name }) => name);
  if (names.length === 0) throw new ExpectedError(`config/${environment}.yaml has no fleets.`);
  throw new ExpectedError(
    named
      ? `There is no fleet ${named} in config/${environment}.yaml: ${offer(named, names)} (FLEET=…).`
      : `Several fleets are in config/${environment}.yaml. Use ${names.map((name) => `FLEET=${name}`).join(' or ')}.`,
  );
}

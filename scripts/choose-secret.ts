import { apiTokenSecret, runnerTokenSecret } from '../config/names';
import type { Config } from '../config/schema';
import { ExpectedError } from './expected-error';

/** The secret that FLEET= or ACCOUNT= means, and what belongs into it. */
export function chooseSecret(
  config: Config,
  { fleet, account }: { fleet: string | undefined; account: string | undefined },
): { name: string; what: string } {
  const fleets = config.fleets.map((candidate) => candidate.name);
  const accounts = Object.keys(config.accounts);
  const choices = [...fleets.map((name) => `FLEET=${name}`), ...accounts.map((name) => `ACCOUNT=${name}`)];
  if (fleet && !account && fleets.includes(fleet)) {
    const resourceClass = config.fleets.find((candidate) => candidate.name === fleet)?.resourceClass;
    return {
      name: runnerTokenSecret(config.environment, fleet),
      what: `Resource-class token of ${resourceClass}`,
    };
  }
  if (account && !fleet && accounts.includes(account)) {
    return {
      name: apiTokenSecret(config.environment, account),
      what: `Personal or read-only project token for account ${account}`,
    };
  }
  throw new ExpectedError(
    `Say whose token it is, one of: ${choices.join(', ')}. Seen: FLEET=${fleet ?? ''} ACCOUNT=${account ?? ''}.\nFLEET= takes the resource-class token, with which instances claim jobs; ACCOUNT= the token that reads the queue.`,
  );
}

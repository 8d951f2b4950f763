import { apiTokenSecret, runnerTokenSecret, webhookSecret } from '../config/names';
import type { Config } from '../config/schema';
import { ExpectedError } from './expected-error';

export interface ChosenSecret {
  name: string;
  /** What belongs into it, for the prompt. */
  what: string;
  /**
   * glrt: GitLab's runner authentication token. nomad: a client's certificates, as JSON. github: a fine-grained token, or an
   * App as JSON. Others have no form that could be checked.
   */
  kind: 'glrt' | 'nomad' | 'github' | 'other';
}

interface Choice {
  fleet: string | undefined;
  account: string | undefined;
  webhook: string | undefined;
}

/** The secret that FLEET=, ACCOUNT= or WEBHOOK= means, and what belongs into it. */
export function chooseSecret(config: Config, choice: Choice): ChosenSecret {
  const secrets = listSecrets(config);
  const given = Object.entries(choice).flatMap(([key, value]) =>
    value ? [`${key.toUpperCase()}=${value}`] : [],
  );
  const chosen = given.length === 1 ? secrets.get(given[0] ?? '') : undefined;
  if (chosen) return chosen;
  throw new ExpectedError(
    `Say whose token it is, one of: ${[...secrets.keys()].join(', ')}. Seen: ${given.join(' ') || 'none'}.\nFLEET= takes the runner token, with which instances claim jobs; ACCOUNT= the token that reads the queue (GitHub: that removes runners); WEBHOOK= the secret of the job webhook.`,
  );
}

/** By what an operator says of them: FLEET=linux, ACCOUNT=main, WEBHOOK=main. */
export function listSecrets({ environment, fleets, accounts }: Config): Map<string, ChosenSecret> {
  const secrets = new Map<string, ChosenSecret>();
  for (const fleet of fleets)
    secrets.set(`FLEET=${fleet.name}`, {
      name: runnerTokenSecret(environment, fleet.name),
      ...describeRunnerToken(fleet),
    });
  for (const [name, { ci }] of Object.entries(accounts)) {
    secrets.set(`ACCOUNT=${name}`, {
      name: apiTokenSecret(environment, name),
      what: {
        circleci: `Personal or read-only project token for account ${name}`,
        gitlab: `Access token with the scope read_api for account ${name}`,
        nomad: `ACL token that may read jobs and nodes for account ${name}`,
        github: `Fine-grained token, or JSON on one line with appId and privateKey of a GitHub App, for account ${name}`,
      }[ci],
      kind: ci === 'github' ? 'github' : 'other',
    });
  }
  for (const [name, account] of Object.entries(accounts)) {
    if (account.ci !== 'gitlab' || !account.webhook) continue;
    secrets.set(`WEBHOOK=${name}`, {
      name: webhookSecret(environment, name),
      what: `Secret token of the job webhook for account ${name}`,
      kind: 'other',
    });
  }
  return secrets;
}

function describeRunnerToken({
  gitlab,
  nomad,
  resourceClass,
}: Config['fleets'][number]): Pick<ChosenSecret, 'what' | 'kind'> {
  if (gitlab)
    return { what: `Runner authentication token (glrt-…) of runner ${gitlab.runnerId}`, kind: 'glrt' };
  if (nomad)
    return {
      what: `JSON with servers, ca, certificate, key and token of Nomad's clients in pool ${nomad.nodePool}`,
      kind: 'nomad',
    };
  return { what: `Resource-class token of ${resourceClass}`, kind: 'other' };
}

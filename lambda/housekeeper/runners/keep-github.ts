import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Clock } from '../../../clock/clock';
import { createGithub } from '../../../github/client';
import { parseGithubCredentials } from '../../../github/credentials';
import type { Github } from '../../../github/types';
import { toToken } from '../../scaler/secrets/read-secret';
import type { Fetch } from '../ask';
import type { GithubEcsSettings } from '../settings';

/** A method with all that it repeats: several must fit into an invocation. */
const BUDGET_MS = 20_000;

export type ReadGithub = (
  settings: Pick<GithubEcsSettings, 'baseUrl' | 'credentialsSecret'>,
) => Promise<Github>;

/**
 * Makes GitHub's client with the credentials that the secret holds now, and keeps it, with the token that it got, for as
 * long as they stay. It throws an Error that says what to do when there are none.
 */
export function keepGithub(ports: { secrets: SecretsManagerClient; fetch: Fetch; clock: Clock }): ReadGithub {
  let kept: { of: string; github: Github } | undefined;
  return async ({ baseUrl, credentialsSecret }) => {
    const text = await readSecret(ports.secrets, credentialsSecret);
    const of = `${baseUrl} ${text}`;
    if (kept?.of !== of) {
      const { fetch, clock } = ports;
      const credentials = parseGithubCredentials(text);
      kept = { of, github: createGithub({ baseUrl, credentials, budgetMs: BUDGET_MS, fetch, clock }) };
    }
    return kept.github;
  };
}

async function readSecret(secrets: SecretsManagerClient, SecretId: string): Promise<string> {
  const text = await secrets.send(new GetSecretValueCommand({ SecretId })).then(
    ({ SecretString }) => SecretString?.trim(),
    (error: Error) => {
      if (error.name !== 'ResourceNotFoundException') throw error;
    },
  );
  if (text) return text;
  const empty = toToken(SecretId, '');
  throw new Error(empty.kind === 'unknown' ? empty.detail : SecretId);
}

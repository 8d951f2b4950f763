import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { parseGithubCredentials } from '../../github/credentials';
import type { GithubCredentials } from '../../github/types';
import { toToken } from '../../lambda/scaler/secrets/read-secret';
import { ExpectedError } from '../expected-error';

/** The secret with which the scaler, or GitHub's housekeeper, asks the CI. Its text appears in no error. */
export async function readSecret(secrets: SecretsManagerClient, name: string): Promise<string> {
  const text = await secrets.send(new GetSecretValueCommand({ SecretId: name })).then(
    ({ SecretString }) => SecretString ?? '',
    (error: Error) => {
      if (error.name !== 'ResourceNotFoundException') throw error;
      return '';
    },
  );
  if (text.trim() === '') verifyToken(name, '');
  return text.trim();
}

/** @throws ExpectedError when it cannot be sent in a header */
export function verifyToken(name: string, text: string): string {
  const token = toToken(name, text);
  if (token.kind === 'token') return token.value;
  throw new ExpectedError(`There is no token to ask with: ${token.detail}`);
}

/** @throws ExpectedError that names what is wrong, and nothing of what is there */
export function parseCredentials(name: string, text: string): GithubCredentials {
  try {
    return parseGithubCredentials(text);
  } catch (cause) {
    throw new ExpectedError(`secret ${name}: ${(cause as Error).message}`, { cause });
  }
}

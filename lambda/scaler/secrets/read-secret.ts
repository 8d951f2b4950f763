import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Clock } from '../../../clock/clock';
import { toUnknown } from '../aws-problem';
import { withDeadline } from '../deadline';
import type { Token } from '../ports';

const TIMEOUT_MS = 3_000;

/** Reads one API token: the secret's string is the token itself. */
export function readSecrets(client: SecretsManagerClient, clock: Clock): (name: string) => Promise<Token> {
  return (name) =>
    withDeadline<Token>(
      clock,
      TIMEOUT_MS,
      async (abortSignal) => {
        try {
          const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: name }), {
            abortSignal,
          });
          return toToken(name, SecretString);
        } catch (error) {
          if (error instanceof Error && error.name === 'ResourceNotFoundException') return toToken(name, '');
          const { detail } = toUnknown(error);
          return { kind: 'unknown', problem: 'token-unreadable', detail: `secret ${name}: ${detail}` };
        }
      },
      () => ({ kind: 'unknown', problem: 'token-unreadable', detail: `secret ${name}: no answer in time` }),
    );
}

export function toToken(name: string, text: string | undefined): Token {
  const value = (text ?? '').trim();
  // muster/<environment>/ci/<account>/… and muster/<environment>/fleet/<fleet>/…
  const [kind, owner = name] = name.split('/').slice(-3);
  const remedy = `run make secrets ${kind === 'fleet' ? 'FLEET' : 'ACCOUNT'}=${owner}`;
  if (value === '')
    return {
      kind: 'unknown',
      problem: 'token-missing',
      detail: `secret ${name} is missing or empty: ${remedy}`,
    };
  // Anything else cannot be sent in a header, and the error of whoever tries would show it.
  if (!/^[\x21-\x7e]+$/.test(value))
    return {
      kind: 'unknown',
      problem: 'token-missing',
      detail: `secret ${name} holds characters that no token has: ${remedy}`,
    };
  return { kind: 'token', value };
}

import {
  DeleteSecretCommand,
  paginateListSecrets,
  type SecretListEntry,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';

/** A container reads and deletes its secret as the first thing, minutes after it was made at most. */
const OLD_MS = 60 * 60_000;
/** ListSecrets takes so many values in a filter. */
const VALUES = 10;
/** In one run. */
const MOST = 100;

/** Whether this is the name of a just-in-time configuration of a rule, so that no other secret is ever deleted. */
export const isJitSecret = (name: string, prefix: string): boolean =>
  name.startsWith(prefix) && /^[0-9a-f]{32}$/.test(name.slice(prefix.length));

/** For good, and at once: who has it can be the runner. One that is gone already is no error. */
export async function deleteJitSecret(secrets: SecretsManagerClient, SecretId: string): Promise<void> {
  try {
    await secrets.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
  } catch (error) {
    if ((error as Error).name !== 'ResourceNotFoundException') throw error;
  }
}

export interface SecretsSwept {
  done: string[];
  failures: string[];
}

/** Deletes the configurations that nobody fetched. Never throws. */
export async function sweepJitSecrets(
  { secrets, now }: { secrets: SecretsManagerClient; now: () => number },
  prefixes: readonly string[],
): Promise<SecretsSwept> {
  const swept: SecretsSwept = { done: [], failures: [] };
  try {
    for (const name of (await readOld(secrets, prefixes, now())).slice(0, MOST)) {
      try {
        await deleteJitSecret(secrets, name);
        swept.done.push(name);
      } catch (error) {
        swept.failures.push(`secret ${name}: ${(error as Error).name}: ${(error as Error).message}`);
      }
    }
  } catch (error) {
    swept.failures.push(`secrets: ${(error as Error).name}: ${(error as Error).message}`);
  }
  return swept;
}

async function readOld(
  client: SecretsManagerClient,
  prefixes: readonly string[],
  now: number,
): Promise<string[]> {
  const found: SecretListEntry[] = [];
  for (let from = 0; from < prefixes.length; from += VALUES) {
    const Filters = [{ Key: 'name' as const, Values: prefixes.slice(from, from + VALUES) }];
    for await (const { SecretList } of paginateListSecrets({ client, pageSize: 100 }, { Filters }))
      found.push(...(SecretList ?? []));
  }
  return found.flatMap(({ Name = '', CreatedDate }) => {
    const isOurs = prefixes.some((prefix) => isJitSecret(Name, prefix));
    return isOurs && CreatedDate && now - CreatedDate.getTime() >= OLD_MS ? [Name] : [];
  });
}

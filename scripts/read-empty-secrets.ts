import { DescribeSecretCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { apiTokenSecret } from '../config/names';
import type { Config } from '../config/schema';
import { listSecrets } from './choose-secret';

/** The commands that fill the secrets which hold no token yet; the fleets do nothing before. */
export async function readEmptySecrets(secrets: SecretsManagerClient, config: Config): Promise<string[]> {
  const commands: string[] = [];
  const unread = listUnread(config);
  for (const [choice, { name }] of listSecrets(config)) {
    if (unread.includes(name)) continue;
    const answer = await secrets.send(new DescribeSecretCommand({ SecretId: name }));
    if (Object.keys(answer.VersionIdsToStages ?? {}).length === 0)
      commands.push(`make secrets ENV=${config.environment} ${choice}`);
  }
  return commands;
}

/** Secrets of accounts all of whose fleets have a fixed size: nobody asks their CI. */
function listUnread({ environment, accounts, fleets }: Config): string[] {
  return Object.keys(accounts)
    .filter((name) => {
      const ofAccount = fleets.filter(({ account }) => account === name);
      return ofAccount.length > 0 && ofAccount.every(({ nomad }) => nomad?.demand === 'none');
    })
    .map((name) => apiTokenSecret(environment, name));
}

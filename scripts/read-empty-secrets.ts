import { DescribeSecretCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Config } from '../config/schema';
import { listSecrets } from './choose-secret';

/** The commands that fill the secrets which hold no token yet; the fleets do nothing before. */
export async function readEmptySecrets(secrets: SecretsManagerClient, config: Config): Promise<string[]> {
  const commands: string[] = [];
  for (const [choice, { name }] of listSecrets(config)) {
    const answer = await secrets.send(new DescribeSecretCommand({ SecretId: name }));
    if (Object.keys(answer.VersionIdsToStages ?? {}).length === 0)
      commands.push(`make secrets ENV=${config.environment} ${choice}`);
  }
  return commands;
}

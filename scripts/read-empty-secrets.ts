import { DescribeSecretCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { apiTokenSecret, runnerTokenSecret } from '../config/names';
import type { Config } from '../config/schema';

/** The commands that fill the secrets which hold no token yet; the fleets do nothing before. */
export async function readEmptySecrets(secrets: SecretsManagerClient, config: Config): Promise<string[]> {
  const { environment } = config;
  const wanted = [
    ...Object.keys(config.accounts).map((name) => ({
      secret: apiTokenSecret(environment, name),
      command: `make secrets ENV=${environment} ACCOUNT=${name}`,
    })),
    ...config.fleets.map(({ name }) => ({
      secret: runnerTokenSecret(environment, name),
      command: `make secrets ENV=${environment} FLEET=${name}`,
    })),
  ];
  const commands: string[] = [];
  for (const { secret, command } of wanted) {
    const answer = await secrets.send(new DescribeSecretCommand({ SecretId: secret }));
    if (Object.keys(answer.VersionIdsToStages ?? {}).length === 0) commands.push(command);
  }
  return commands;
}

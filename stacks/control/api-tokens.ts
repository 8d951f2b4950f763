/** The API token of each CI account, created empty: `make secrets` fills it, so that no token is ever in the state. */
import { SecretsmanagerSecret } from '@cdktf/provider-aws/lib/secretsmanager-secret';
import { Construct } from 'constructs';
import { apiTokenSecret } from '../../config/names';
import type { Config } from '../../config/schema';

export class ApiTokens extends Construct {
  constructor(scope: Construct, id: string, { environment, accounts, organization }: Config) {
    super(scope, id);
    for (const account of Object.keys(accounts)) {
      new SecretsmanagerSecret(this, account, {
        name: apiTokenSecret(environment, account),
        description: `API token of CI account ${account}. Filled by: make secrets ENV=${environment} ACCOUNT=${account}`,
        // Gone at once when destroyed: a secret that waits for its deletion blocks the next deploy of the same name.
        recoveryWindowInDays: 0,
        ...(organization.kmsKeyArn ? { kmsKeyId: organization.kmsKeyArn } : {}),
      });
    }
  }
}

/** The Lambda behind the function URL: makes the real ports once. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Logger } from '@aws-lambda-powertools/logger';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { realClock } from '../../clock/clock';
import { readSecrets } from '../scaler/secrets/read-secret';
import { keepTokens } from '../scaler/secrets/tokens';
import { parse } from './settings';
import { createWebhook } from './webhook';

const settings = parse(readFileSync(join(__dirname, 'settings.json'), 'utf8'));

// GitLab waits ten seconds for an answer.
const options = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
};
const lambda = new LambdaClient(options);

export const handler = createWebhook(settings, {
  now: realClock.now,
  secrets: keepTokens(readSecrets(new SecretsManagerClient(options), realClock), realClock),
  wakeScaler: async (account) => {
    await lambda.send(
      new InvokeCommand({
        FunctionName: settings.scalerFunction,
        InvocationType: 'Event',
        Payload: JSON.stringify({ wake: account }),
      }),
    );
  },
  log: new Logger({
    serviceName: 'webhook',
    persistentLogAttributes: { environment: settings.environment },
  }),
});

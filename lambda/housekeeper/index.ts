/** The Lambda: makes the real ports once; each invocation does the task that its event names. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Logger } from '@aws-lambda-powertools/logger';
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECSClient } from '@aws-sdk/client-ecs';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import { realClock } from '../../clock/clock';
import { createPublishMetrics } from '../publish-metrics';
import { readSecrets } from '../scaler/secrets/read-secret';
import { createHousekeeper } from './housekeeper';
import { keepGithub } from './runners/keep-github';
import { METRIC_NAMESPACE, parse } from './settings';

const settings = parse(readFileSync(join(__dirname, 'settings.json'), 'utf8'));

const client = {
  maxAttempts: 5,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 20_000, throwOnRequestTimeout: true },
};
const regions = new Map<string, EC2Client>();
const ec2 = (region: string): EC2Client => {
  const made = regions.get(region) ?? new EC2Client({ ...client, region });
  regions.set(region, made);
  return made;
};
const secrets = new SecretsManagerClient(client);
const readSecret = readSecrets(secrets, realClock);

const publish = createPublishMetrics(METRIC_NAMESPACE);

const runTask = createHousekeeper(settings, {
  now: Date.now,
  fetch,
  ec2,
  ssm: new SSMClient(client),
  autoScaling: new AutoScalingClient(client),
  sns: new SNSClient(client),
  ecs: new ECSClient(client),
  secrets,
  readGithub: keepGithub({ secrets, fetch, clock: realClock }),
  readToken: async (secret) => {
    const token = await readSecret(secret);
    if (token.kind === 'unknown') throw new Error(token.detail);
    return token.value;
  },
  log: new Logger({
    serviceName: 'housekeeper',
    persistentLogAttributes: { environment: settings.environment },
  }),
  publishMetric: (name, count) => publish({ Environment: settings.environment }, { [name]: count }),
});

export const handler = (event: unknown): Promise<void> => runTask(event);

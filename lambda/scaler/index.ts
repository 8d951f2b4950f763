/** The Lambda: makes the real ports once, then polls for a minute each time it is called, or once when it is woken. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Logger } from '@aws-lambda-powertools/logger';
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Context } from 'aws-lambda';
import { realClock as clock } from '../../clock/clock';
import { createPublishMetrics } from '../publish-metrics';
import { createReadDemand as createReadCircleci } from './ci/circleci/read-demand';
import { createReadDemand as createReadGitlab } from './ci/gitlab/read-demand';
import { createReadDemand as createReadNomad } from './ci/nomad/read-demand';
import { createGroups } from './group/groups';
import { createScaler } from './scaler';
import { readSecrets } from './secrets/read-secret';
import { keepTokens } from './secrets/tokens';
import { METRIC_NAMESPACE, parse } from './settings';
import { toTask } from './to-task';

const settings = parse(readFileSync(join(__dirname, 'settings.json'), 'utf8'));

// A connection that does not come within a second does not come; the next poll tries again.
const client = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
};
const tokens = keepTokens(readSecrets(new SecretsManagerClient(client), clock), clock);

const publish = createPublishMetrics(METRIC_NAMESPACE);

const options = { ...clock, tokens, random: Math.random };

const { runMinute, wake } = createScaler(settings, {
  ...clock,
  ci: {
    circleci: createReadCircleci(options),
    gitlab: createReadGitlab(options),
    nomad: createReadNomad(options),
  },
  groups: createGroups(new AutoScalingClient(client), clock),
  log: new Logger({ serviceName: 'scaler', persistentLogAttributes: { environment: settings.environment } }),
  publishMetrics: (fleet, counts) => publish({ Environment: settings.environment, Fleet: fleet }, counts),
});

export async function handler(
  event: unknown,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
): Promise<void> {
  const task = toTask(event);
  if (task.kind === 'wake') return wake(task.account);
  return runMinute(() => context.getRemainingTimeInMillis());
}

import { ECSClient } from '@aws-sdk/client-ecs';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Failure } from '../failure';
import type { Environment } from '../workflow/commands';

/** Both answer in under a second; with all that it repeats, a call fails within 45 s. */
const LIMITS = {
  maxAttempts: 4,
  // Without the last one the SDK only warns.
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
};

export interface Aws {
  ecs: ECSClient;
  secrets: SecretsManagerClient;
}

/** What every client is made with. Nothing but the environment is asked: a machine of GitHub has its own metadata service. */
export function toClientOptions(env: Environment, region: string) {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = env;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY)
    throw new Failure(
      'There are no AWS credentials: run aws-actions/configure-aws-credentials with the role of the rule in a step before this one, in a job with the permission id-token: write.',
    );
  const credentials = {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}),
  };
  return { ...LIMITS, region, credentials };
}

export function createAws(env: Environment, region: string): Aws {
  const options = toClientOptions(env, region);
  return { ecs: new ECSClient(options), secrets: new SecretsManagerClient(options) };
}

/**
 * Takes the job events of GitLab and wakes the scaler. Open to everybody, as GitLab signs nothing that AWS knows: the
 * function itself compares the secret that GitLab sends, and decides nothing.
 */
import { LambdaFunctionUrl } from '@cdktf/provider-aws/lib/lambda-function-url';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission';
import { SecretsmanagerSecret } from '@cdktf/provider-aws/lib/secretsmanager-secret';
import { Fn, TerraformOutput } from 'cdktf';
import { Construct } from 'constructs';
import { webhookName, webhookSecret } from '../../config/names';
import type { Config } from '../../config/schema';
import type { LambdaPackage } from '../lambda/publish-packages';
import { ServiceFunction } from '../lambda/service-function';
import { toWebhookAccounts, toWebhookStatements } from './webhook-statements';

export interface WebhookProps {
  config: Config;
  package: LambdaPackage;
}

/** GitLab gives up after ten seconds. */
const TIMEOUT_SECONDS = 10;

const MEMORY_MB = 256;

export class Webhook extends Construct {
  constructor(scope: Construct, id: string, { config, ...props }: WebhookProps) {
    super(scope, id);
    const { environment, organization } = config;
    const accounts = toWebhookAccounts(config);
    for (const account of accounts) {
      new SecretsmanagerSecret(this, `secret-${account}`, {
        name: webhookSecret(environment, account),
        description: `Secret of the job webhook of CI account ${account}. Filled by: make secrets ENV=${environment} WEBHOOK=${account}`,
        // Gone at once when destroyed: a secret that waits for its deletion blocks the next deploy of the same name.
        recoveryWindowInDays: 0,
        ...(organization.kmsKeyArn ? { kmsKeyId: organization.kmsKeyArn } : {}),
      });
    }
    const lambda = new ServiceFunction(this, 'function', {
      config,
      name: webhookName(environment),
      description: `Wakes the scaler of ${environment} when GitLab has a job`,
      package: props.package,
      statements: toWebhookStatements(config),
      timeoutSeconds: TIMEOUT_SECONDS,
      memoryMb: MEMORY_MB,
      // An event that comes late is no news.
      invocation: { retries: 0, maxAgeSeconds: 60 },
    });
    const url = new LambdaFunctionUrl(this, 'url', { functionName: lambda.name, authorizationType: 'NONE' });
    new LambdaPermission(this, 'call-url', {
      functionName: lambda.name,
      statementId: 'CallUrl',
      action: 'lambda:InvokeFunctionUrl',
      principal: '*',
      functionUrlAuthType: 'NONE',
    });
    // URLs made since October 2025 need this too (AWS Lambda guide, urls-auth). The provider cannot limit it to calls
    // through the URL yet: another AWS account could call the function itself, and would meet the same check.
    new LambdaPermission(this, 'call', {
      functionName: lambda.name,
      statementId: 'Call',
      action: 'lambda:InvokeFunction',
      principal: '*',
    });
    for (const account of accounts) {
      new TerraformOutput(this, `webhook-${account}`, {
        value: Fn.join('/', [Fn.trimsuffix(url.functionUrl, '/'), account]),
        description: `URL of the job webhook of CI account ${account}`,
        staticId: true,
      });
    }
  }
}

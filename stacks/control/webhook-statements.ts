/** What the webhook may do: read its secrets, wake the scaler. */
import { scalerName, webhookSecret } from '../../config/names';
import type { Config } from '../../config/schema';
import { buildArns } from '../arns';
import { toDecryptStatement } from '../decrypt-statement';
import type { Statement } from '../service-role';

/** Names of the accounts whose job events are taken. */
export const toWebhookAccounts = ({ accounts, fleets }: Config): string[] =>
  Object.entries(accounts)
    .filter(([, account]) => fleets.length > 0 && account.ci === 'gitlab' && account.webhook)
    .map(([name]) => name);

export function toWebhookStatements(config: Config): Statement[] {
  const { environment, aws } = config;
  const arns = buildArns(aws);
  return [
    {
      Sid: 'Secrets',
      Action: ['secretsmanager:GetSecretValue'],
      Resource: toWebhookAccounts(config).map((account) => arns.secret(webhookSecret(environment, account))),
    },
    ...toDecryptStatement(config),
    {
      Sid: 'Wake',
      Action: ['lambda:InvokeFunction'],
      Resource: [arns.lambda(scalerName(environment))],
    },
  ];
}

import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import type { Config } from '../../config/schema';
import { ExpectedError } from '../expected-error';

/** Credentials work and belong to the account that the config names. */
export async function verifyAccount(sts: STSClient, { aws, environment }: Config): Promise<string> {
  const identity = await sts.send(new GetCallerIdentityCommand({})).catch((cause: Error) => {
    throw new ExpectedError(
      `AWS does not accept the credentials, or there are none: ${cause.name}: ${cause.message}\nSet AWS_PROFILE, or log in (aws sso login), then check with: aws sts get-caller-identity`,
      { cause },
    );
  });
  if (identity.Account !== aws.accountId) {
    throw new ExpectedError(
      `The credentials are of account ${identity.Account} (${identity.Arn}); config/${environment}.yaml wants ${aws.accountId}.\nUse credentials of that account (AWS_PROFILE), or another ENV.`,
    );
  }
  return `${identity.Account}, ${aws.region}, as ${identity.Arn}`;
}

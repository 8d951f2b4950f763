import {
  DescribeSecretCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { Config } from '../config/schema';
import { ExpectedError } from './expected-error';

/** Terraform makes secrets, empty; a token for one that is not there has been sent too early. */
export async function verifySecretExists(
  secrets: SecretsManagerClient,
  config: Config,
  name: string,
): Promise<string> {
  const answer = await secrets.send(new DescribeSecretCommand({ SecretId: name })).catch((cause: Error) => {
    if (cause.name !== 'ResourceNotFoundException') throw cause;
    throw new ExpectedError(
      `There is no secret ${name} in ${config.aws.region} yet. Deploy first: make deploy ENV=${config.environment}`,
      { cause },
    );
  });
  if (answer.DeletedDate) {
    throw new ExpectedError(
      `The secret ${name} is scheduled for deletion. Restore it (aws secretsmanager restore-secret --secret-id ${name}) or wait until it is gone and deploy again.`,
    );
  }
  return `${name}, ${Object.keys(answer.VersionIdsToStages ?? {}).length > 0 ? 'holds a token that will be replaced' : 'empty so far'}`;
}

/** @returns the id of the version written */
export async function storeToken(
  secrets: SecretsManagerClient,
  name: string,
  token: string,
): Promise<string> {
  const answer = await secrets.send(new PutSecretValueCommand({ SecretId: name, SecretString: token }));
  return answer.VersionId ?? '(none told)';
}

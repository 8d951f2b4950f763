/** The configuration of a runner on its way to the container: a secret that the container deletes before it starts. */
import { CreateSecretCommand, DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import type { Aws } from './clients';
import { explain, toAwsError } from './explain';

export async function createSecret(
  { secrets }: Aws,
  { name, value, rule, key }: { name: string; value: string; rule: string; key: string | undefined },
): Promise<void> {
  await secrets
    .send(
      new CreateSecretCommand({
        Name: name,
        SecretString: value,
        Description: 'Just-in-time configuration of a GitHub runner, until its container takes it.',
        Tags: [{ Key: 'muster:rule', Value: rule }],
        ...(key ? { KmsKeyId: key } : {}),
      }),
    )
    .catch((error: unknown) => {
      throw explain('creating the secret for the runner', error, {
        LimitExceeded:
          'The account has too many secrets: see what leaves them there, or raise the quota of Secrets Manager.',
      });
    });
}

/** One that is not there (any more) is deleted. */
export async function deleteSecret({ secrets }: Aws, name: string): Promise<void> {
  await secrets
    .send(new DeleteSecretCommand({ SecretId: name, ForceDeleteWithoutRecovery: true }))
    .catch((error: unknown) => {
      if (toAwsError(error).name === 'ResourceNotFoundException') return;
      throw explain(`deleting the secret ${name}`, error);
    });
}

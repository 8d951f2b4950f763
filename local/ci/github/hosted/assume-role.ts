/** What aws-actions/configure-aws-credentials does for a job that may have an OpenID Connect token. */
import { AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts';

const AUDIENCE = 'sts.amazonaws.com';

export interface RoleRequest {
  roleArn: string;
  region: string;
  awsUrl: string;
  /** ACTIONS_ID_TOKEN_REQUEST_URL and its bearer. */
  idTokenUrl: string;
  idTokenBearer: string;
}

async function readIdToken({ idTokenUrl, idTokenBearer }: RoleRequest): Promise<string> {
  const answer = await fetch(`${idTokenUrl}&audience=${AUDIENCE}`, {
    headers: { authorization: `Bearer ${idTokenBearer}` },
    signal: AbortSignal.timeout(10_000),
  });
  if (!answer.ok) throw new Error(`The token endpoint of GitHub answered ${answer.status}.`);
  return ((await answer.json()) as { value: string }).value;
}

/** What the following steps find in their environment. */
export async function assumeRole(request: RoleRequest): Promise<Record<string, string>> {
  const { roleArn, region, awsUrl } = request;
  const client = new STSClient({ region, endpoint: awsUrl, maxAttempts: 2 });
  try {
    const { Credentials: found } = await client.send(
      new AssumeRoleWithWebIdentityCommand({
        RoleArn: roleArn,
        RoleSessionName: 'GitHubActions',
        DurationSeconds: 3600,
        WebIdentityToken: await readIdToken(request),
      }),
    );
    return {
      AWS_ACCESS_KEY_ID: found?.AccessKeyId ?? '',
      AWS_SECRET_ACCESS_KEY: found?.SecretAccessKey ?? '',
      AWS_SESSION_TOKEN: found?.SessionToken ?? '',
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
    };
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Could not assume role with OIDC: ${said}`, { cause });
  } finally {
    client.destroy();
  }
}

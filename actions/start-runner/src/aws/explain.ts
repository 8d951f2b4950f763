import { Failure } from '../failure';

export interface AwsError {
  name: string;
  message: string;
  status: number | undefined;
}

export function toAwsError(error: unknown): AwsError {
  const { name, message, code, $metadata } = error as {
    name?: string;
    message?: string;
    code?: string;
    $metadata?: { httpStatusCode?: number };
  };
  return { name: code ?? name ?? 'Error', message: message ?? '', status: $metadata?.httpStatusCode };
}

/** Whether the same call may work a little later. Whether it has worked already, nobody knows. */
export function isPassing(error: unknown): boolean {
  const { name, status } = toAwsError(error);
  // What AWS never answered is a matter of the network, unless it was never sent.
  if (status === undefined)
    return !/^(TypeError|RangeError|ReferenceError|CredentialsProviderError)$/.test(name);
  if (/Throttl|TooManyRequests|RequestLimitExceeded|SlowDown/.test(name)) return true;
  // An error in spite of success: the answer broke off, or was not AWS's.
  return status >= 500 || status === 429 || status < 300;
}

/**
 * A failure that says what AWS did not do, and the remedy.
 * @param remedies for what AWS may say of this very call, by the error's name
 */
export function explain(
  call: string,
  error: unknown,
  remedies: Readonly<Record<string, string>> = {},
): Failure {
  if (error instanceof Failure) return error;
  const seen = toAwsError(error);
  const what = `AWS: ${call}: ${seen.name}${seen.message ? `: ${seen.message.replace(/\.$/, '')}` : ''}.`;
  const own = Object.entries(remedies).find(([name]) => seen.name.startsWith(name))?.[1];
  return new Failure(`${what} ${own ?? toRemedy(seen, isPassing(error))}`, { cause: error });
}

function toRemedy({ name }: AwsError, passing: boolean): string {
  if (/^AccessDenied|^UnauthorizedOperation/.test(name))
    return 'Compare role-to-assume of aws-actions/configure-aws-credentials with the role of the rule (muster-ENVIRONMENT-github-RULE), and the inputs environment and rule with it; after a change of the config run make deploy.';
  if (/^ExpiredToken|^RequestExpired/.test(name))
    return 'The AWS credentials have ended: run aws-actions/configure-aws-credentials right before this step, with role-duration-seconds beyond timeout-minutes.';
  if (
    /^(UnrecognizedClient|InvalidClientTokenId|InvalidSignature|SignatureDoesNotMatch|InvalidToken)/.test(
      name,
    )
  )
    return 'The AWS credentials are not valid: run aws-actions/configure-aws-credentials with the role of the rule right before this step.';
  if (passing)
    return 'See https://health.aws.amazon.com and the network of this machine, then run the job again.';
  return 'Run make diff for the environment, and make deploy if it shows a change.';
}

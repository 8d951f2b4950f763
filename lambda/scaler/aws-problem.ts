import type { Unknown } from './core/types';

interface AwsError {
  name?: string;
  message?: string;
  code?: string;
  $metadata?: { httpStatusCode?: number };
  $retryable?: { throttling?: boolean };
}

const THROTTLES = new Set([
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'TooManyRequestsException',
]);

/** What a failed AWS request means to a fleet. */
export function toUnknown(error: unknown): Unknown {
  const { name = 'Error', message = '', code, $metadata, $retryable } = error as AwsError;
  const detail = `${name}: ${message}`.slice(0, 300);
  const status = $metadata?.httpStatusCode ?? 0;
  const unknown = (problem: Unknown['problem'], text = detail): Unknown => ({
    kind: 'unknown',
    problem,
    detail: text,
  });
  if (THROTTLES.has(name) || $retryable?.throttling || status === 429) return unknown('throttled');
  if (name === 'AbortError' || name === 'TimeoutError') return unknown('timeout');
  if (status >= 500) return unknown('aws-error');
  if (status >= 400) return unknown('aws-refused');
  return unknown('network', `${code ?? name}: ${message}`.slice(0, 300));
}

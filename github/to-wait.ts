import type { Answer } from './ask';

/** GitHub asks for at least a minute when it does not say how long (best practices for its REST API). */
const UNTOLD_LIMIT_MS = 60_000;
const FIRST_MS = 1_000;
const LONGEST_MS = 15_000;

/**
 * Milliseconds after which the same question may be answered better; undefined when it will not.
 * @param attempt 1 for the first
 */
export function toWait(answer: Answer, attempt: number, now: number): number | undefined {
  const backOff = Math.min(FIRST_MS * 2 ** (attempt - 1), LONGEST_MS);
  if (answer.kind === 'none') return backOff;
  const told = toTold(answer.headers, now);
  if (isRateLimit(answer)) return told ?? UNTOLD_LIMIT_MS;
  return isPassing(answer) ? (told ?? backOff) : undefined;
}

/** Whether the same question may be answered better later. */
export const isPassing = (answer: Answer): boolean =>
  answer.kind === 'none' || answer.status >= 500 || isRateLimit(answer);

/** 403 is both: no permission, and too many requests. */
export function isRateLimit(answer: Answer): boolean {
  if (answer.kind === 'none') return false;
  if (answer.status === 429) return true;
  if (answer.status !== 403) return false;
  const { headers, text } = answer;
  return (
    headers.has('retry-after') ||
    headers.get('x-ratelimit-remaining')?.trim() === '0' ||
    /rate limit/i.test(text)
  );
}

/** Dates are measured from GitHub's own clock, for ours may be wrong. */
function toTold(headers: Headers, now: number): number | undefined {
  const after = headers.get('retry-after')?.trim() ?? '';
  if (/^\d+$/.test(after)) return Number(after) * 1000;
  if (headers.get('x-ratelimit-remaining')?.trim() !== '0') return undefined;
  const reset = headers.get('x-ratelimit-reset')?.trim() ?? '';
  if (!/^\d+$/.test(reset)) return undefined;
  const date = Date.parse(headers.get('date') ?? '');
  return Math.max(0, Number(reset) * 1000 - (Number.isNaN(date) ? now : date));
}

import type { Problem } from '../../core/reasons';
import type { Unknown } from '../../core/types';
import { OVER } from '../../deadline';
import type { Clock } from '../../ports';

export type Answer =
  | { kind: 'body'; text: string }
  /** `wait`: milliseconds after which another try makes sense; absent when it does not. */
  | { kind: 'problem'; unknown: Unknown; wait?: number };

interface Question extends Clock {
  address: string;
  token: string;
  timeoutMs: number;
  signal: AbortSignal;
  random(): number;
}

/** A quarter to a whole second, so that a thousand fleets do not come back all at once. */
const JITTER_MS = { least: 250, spread: 750 };

/** One request. Details name what was seen, never headers: the token must not get into a log. */
export async function ask({
  address,
  token,
  timeoutMs,
  signal,
  sleep,
  now,
  random,
}: Question): Promise<Answer> {
  const jitter = JITTER_MS.least + random() * JITTER_MS.spread;
  const path = new URL(address).pathname;
  const problem = (name: Problem, seen: string, wait?: number): Answer => ({
    kind: 'problem',
    unknown: { kind: 'unknown', problem: name, detail: `GET ${path}: ${seen}` },
    ...(wait === undefined ? {} : { wait }),
  });
  if (signal.aborted) return problem('timeout', 'not asked, the poll is over');

  const over = new AbortController();
  const ended = new AbortController();
  const end = () => over.abort(OVER);
  signal.addEventListener('abort', end, { once: true });
  sleep(timeoutMs, ended.signal).then(() => {
    if (!ended.signal.aborted) over.abort(OVER);
  }, end);
  try {
    const response = await fetch(address, {
      headers: { 'Circle-Token': token, Accept: 'application/json' },
      // A redirect would carry the token to another host.
      redirect: 'manual',
      signal: over.signal,
    });
    const text = await response.text();
    const { status } = response;
    if (status === 200) return { kind: 'body', text };
    if (status === 401 || status === 403) return problem('token-refused', `status ${status}`);
    if (status === 404) return problem('class-unknown', 'status 404');
    if (status === 429)
      return problem(
        'rate-limited',
        'status 429',
        toWait(response.headers.get('retry-after'), now()) ?? jitter,
      );
    if (status >= 500)
      return problem(
        'server-error',
        `status ${status}`,
        toWait(response.headers.get('retry-after'), now()) ?? jitter,
      );
    return problem('unexpected-answer', `status ${status}`);
  } catch (error) {
    if (over.signal.aborted) return problem('timeout', `no answer within ${timeoutMs} ms`, jitter);
    return problem('network', toCode(error), jitter);
  } finally {
    ended.abort(OVER);
    signal.removeEventListener('abort', end);
  }
}

/** Retry-After in milliseconds: seconds, or a date. */
export function toWait(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** fetch hides the reason in `cause`. Codes only: a message may quote what was sent. */
function toCode(error: unknown): string {
  const { name, cause } = error as { name?: string; cause?: { code?: string; name?: string } };
  return cause?.code ?? cause?.name ?? name ?? 'no connection';
}

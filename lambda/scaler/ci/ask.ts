import type { Clock } from '../../../clock/clock';
import type { Problem } from '../core/reasons';
import type { Unknown } from '../core/types';
import { OVER } from '../deadline';

export type Answer =
  | { kind: 'body'; text: string; headers: Headers }
  /** `wait`: milliseconds after which another try makes sense; absent when it does not. */
  | { kind: 'problem'; unknown: Unknown; wait?: number };

/** What a status means that is neither 200, 429 nor 5xx, and what to say of it; undefined: nothing that is documented. */
export type Judge = (status: number, text: string) => { problem: Problem; seen: string } | undefined;

export interface Question extends Clock {
  address: string;
  headers: Readonly<Record<string, string>>;
  judge: Judge;
  timeoutMs: number;
  signal: AbortSignal;
  random(): number;
}

/** A quarter to a whole second, so that a thousand fleets do not come back all at once. */
const JITTER_MS = { least: 250, spread: 750 };

/** One GET. Details name what was seen, never what was sent: the token must not get into a log. */
export async function ask(question: Question): Promise<Answer> {
  const { address, headers, judge, timeoutMs, signal, sleep, now, random } = question;
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
      headers: { ...headers, Accept: 'application/json' },
      // A redirect would carry the token to another host.
      redirect: 'manual',
      signal: over.signal,
    });
    const text = await response.text();
    const { status } = response;
    if (status === 200) return { kind: 'body', text, headers: response.headers };
    const wait = toQuiet(response.headers, now()) ?? jitter;
    if (status === 429) return problem('rate-limited', 'status 429', wait);
    if (status >= 500) return problem('server-error', `status ${status}`, wait);
    const judged = judge(status, text);
    return judged ? problem(judged.problem, judged.seen) : problem('unexpected-answer', `status ${status}`);
  } catch (error) {
    if (over.signal.aborted) return problem('timeout', `no answer within ${timeoutMs} ms`, jitter);
    return problem('network', toCode(error), jitter);
  } finally {
    ended.abort(OVER);
    signal.removeEventListener('abort', end);
  }
}

/**
 * How long the CI wants to be left alone, in milliseconds: Retry-After (seconds or a date), else RateLimit-Reset
 * (seconds since 1970). Dates are measured from the server's own clock, for ours may be wrong.
 */
export function toQuiet(headers: Headers, now: number): number | undefined {
  const told = Date.parse(headers.get('date') ?? '');
  const here = Number.isNaN(told) ? now : told;
  const after = headers.get('retry-after')?.trim();
  if (after !== undefined && /^\d+$/.test(after)) return Number(after) * 1000;
  const date = Date.parse(after ?? '');
  if (!Number.isNaN(date)) return Math.max(0, date - here);
  const reset = headers.get('ratelimit-reset')?.trim() ?? '';
  return /^\d+$/.test(reset) ? Math.max(0, Number(reset) * 1000 - here) : undefined;
}

/** fetch hides the reason in `cause`. Codes only: a message may quote what was sent. */
function toCode(error: unknown): string {
  const { name, cause } = error as { name?: string; cause?: { code?: string; name?: string } };
  return cause?.code ?? cause?.name ?? name ?? 'no connection';
}

import pLimit from 'p-limit';
import type { Clock } from '../../../clock/clock';
import type { Unknown } from '../core/types';
import type { Round, Tokens } from '../ports';
import { type Answer, ask, type Judge, toQuiet } from './ask';

export interface CiOptions extends Clock {
  tokens: Tokens;
  /** Between 0 and 1: the jitter. */
  random(): number;
  /** For one request; all of a poll is bounded by the signal. */
  requestTimeoutMs?: number;
}

export interface Ci {
  /** As people call it. */
  name: string;
  toHeaders(token: string): Readonly<Record<string, string>>;
  judge: Judge;
}

export interface Asking {
  address: string;
  /** Secrets Manager name of the token. */
  secret: string;
  round: Round;
  signal: AbortSignal;
}

export type Body = { kind: 'body'; text: string; headers: Headers };

/** CIs answer in well under a second; two requests with one retry each fit a poll. */
const REQUEST_TIMEOUT_MS = 2_500;
/** Requests at once for one account: enough for 1,000 fleets in a poll, few enough to be polite. */
const AT_ONCE = 40;
/** Who asks for more quiet than this gets it, and the next poll asks again. */
const MAX_WAIT_MS = 2_000;
/** Timers may wake a moment early, and then the account would still be quiet. */
const MARGIN_MS = 20;
/** Longer than this no server may silence us: 429 answers have been seen with absurd values. */
const MAX_QUIET_MS = 5 * 60_000;

/**
 * Asks one kind of CI for many accounts: with the account's token, read again when it is refused; with one retry
 * of what may pass; and not at all while an account asked for quiet. Never throws.
 */
export function createClient(ci: Ci, options: CiOptions): (asking: Asking) => Promise<Body | Unknown> {
  const { tokens, now, sleep, random, requestTimeoutMs: timeoutMs = REQUEST_TIMEOUT_MS } = options;
  const limits = new Map<string, ReturnType<typeof pLimit>>();
  /** By account: when it may be asked again. */
  const quietUntil = new Map<string, number>();

  const request = async ({ address, secret, round, signal }: Asking, token: string): Promise<Answer> => {
    const quiet = (quietUntil.get(secret) ?? 0) - now();
    if (quiet > 0)
      return limited(`${ci.name} asked for quiet for another ${Math.ceil(quiet / 1000)} s`, quiet);
    if (round.requests >= (round.most ?? Infinity))
      return limited(`${round.requests} requests are the most that one poll may make, by the budget`);
    // When the poll is over nothing is sent: what queued for its turn must not use up the budget.
    if (!signal.aborted) round.requests += 1;
    const headers = ci.toHeaders(token);
    const answer = await ask({ address, headers, judge: ci.judge, timeoutMs, signal, sleep, now, random });
    if (answer.kind === 'body') {
      if (answer.headers.get('ratelimit-remaining')?.trim() === '0')
        quietUntil.set(secret, now() + Math.min(toQuiet(answer.headers, now()) ?? 0, MAX_QUIET_MS));
    } else if (answer.unknown.problem === 'rate-limited') {
      const wait = Math.min(answer.wait ?? 0, MAX_QUIET_MS);
      quietUntil.set(secret, now() + wait);
      return { ...answer, wait };
    }
    return answer;
  };

  return async (asking) => {
    const { secret, signal } = asking;
    const limit = limits.get(secret) ?? pLimit(AT_ONCE);
    limits.set(secret, limit);
    let token = await tokens.read(secret);
    for (let retried = false; ; retried = true) {
      if (token.kind === 'unknown') return token;
      const { value } = token;
      const answer = await limit(() => request(asking, value));
      if (answer.kind === 'body') return answer;
      if (retried || signal.aborted) return answer.unknown;
      if (answer.unknown.problem === 'token-refused') {
        token = await tokens.renew(secret, value);
        if (token.kind === 'token' && token.value === value) return answer.unknown;
      } else if (answer.wait === undefined || answer.wait > MAX_WAIT_MS) return answer.unknown;
      else await sleep(answer.wait + MARGIN_MS, signal);
    }
  };
}

const limited = (detail: string, wait?: number): Answer => ({
  kind: 'problem',
  unknown: { kind: 'unknown', problem: 'rate-limited', detail },
  ...(wait === undefined ? {} : { wait }),
});

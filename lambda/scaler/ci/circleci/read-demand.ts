import pLimit from 'p-limit';
import type { Demand, Unknown } from '../../core/types';
import type { Clock, ReadDemand, Tokens } from '../../ports';
import { type Answer, ask } from './ask';
import { toCount } from './to-count';

export interface CircleCiOptions extends Clock {
  tokens: Tokens;
  /** Between 0 and 1: the jitter. */
  random(): number;
  /** For one request; all of a poll is bounded by the signal. */
  requestTimeoutMs?: number;
}

/** CircleCI answers in well under a second; two requests with one retry each fit a poll. */
const REQUEST_TIMEOUT_MS = 2_500;
/** Requests at once for one account: enough for 1,000 fleets in a poll, few enough to be polite. */
const AT_ONCE = 40;
/** Who asks for more quiet than this gets it, and the next poll asks again. */
const MAX_WAIT_MS = 2_000;
/** Timers may wake a moment early, and then the account would still be quiet. */
const MARGIN_MS = 20;
/** Longer than this no server may silence us: 429 answers have been seen with absurd values. */
const MAX_RETRY_AFTER_MS = 5 * 60_000;

/** Counts of the documented runner API v3: running first, so that a job that moves is missed and not counted twice. */
export function createReadDemand(options: CircleCiOptions): ReadDemand<'circleci'> {
  const { tokens, now, sleep, random, requestTimeoutMs = REQUEST_TIMEOUT_MS } = options;
  const limits = new Map<string, ReturnType<typeof pLimit>>();
  /** By account: when it may be asked again, after a 429. */
  const quietUntil = new Map<string, number>();

  return async ({ account, queue, round }, signal): Promise<Demand> => {
    const { baseUrl, apiTokenSecret } = account;
    const { resourceClass } = queue;
    const limit = limits.get(apiTokenSecret) ?? pLimit(AT_ONCE);
    limits.set(apiTokenSecret, limit);
    const url = (path: string) =>
      `${baseUrl.replace(/\/+$/, '')}/api/v3/runner/${path}?resource-class=${encodeURIComponent(resourceClass)}`;

    const readCount = async (path: string, field: string): Promise<number | Unknown> => {
      let token = await tokens.read(apiTokenSecret);
      for (let retried = false; ; retried = true) {
        if (token.kind === 'unknown') return token;
        const { value } = token;
        const answer = await limit(() => request(url(path), value));
        if (answer.kind === 'body') return toCount(answer.text, field);
        if (retried || signal.aborted) return answer.unknown;
        if (answer.unknown.problem === 'token-refused') {
          token = await tokens.renew(apiTokenSecret, value);
          if (token.kind === 'token' && token.value === value) return answer.unknown;
        } else if (answer.wait === undefined || answer.wait > MAX_WAIT_MS) return answer.unknown;
        else await sleep(answer.wait + MARGIN_MS, signal);
      }
    };
    const request = async (address: string, token: string): Promise<Answer> => {
      const quiet = (quietUntil.get(apiTokenSecret) ?? 0) - now();
      if (quiet > 0) return limited(`asked for quiet for another ${Math.ceil(quiet / 1000)} s`, quiet);
      round.requests += 1;
      const answer = await ask({ address, token, timeoutMs: requestTimeoutMs, signal, sleep, now, random });
      if (answer.kind === 'problem' && answer.unknown.problem === 'rate-limited') {
        const wait = Math.min(answer.wait ?? 0, MAX_RETRY_AFTER_MS);
        quietUntil.set(apiTokenSecret, now() + wait);
        return { ...answer, wait };
      }
      return answer;
    };

    const running = await readCount('tasks/running', 'running_runner_tasks');
    if (typeof running !== 'number') return running;
    const queued = await readCount('tasks', 'unclaimed_task_count');
    if (typeof queued !== 'number') return queued;
    return { kind: 'known', queued, running };
  };
}

const limited = (detail: string, wait: number): Answer => ({
  kind: 'problem',
  unknown: { kind: 'unknown', problem: 'rate-limited', detail: `CircleCI ${detail}` },
  wait,
});

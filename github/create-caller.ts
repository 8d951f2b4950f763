import type * as z from 'zod/mini';
import { type Answer, ask, type Question } from './ask';
import { toError, toGarbage } from './to-error';
import { toWait } from './to-wait';
import type { GithubOptions } from './types';

const REQUEST_MS = 15_000;

export interface Asked {
  question: Question;
  token: string;
  /** Statuses that the caller understands; all others are errors. */
  accept: readonly number[];
  /** Milliseconds since 1970: nothing is asked again after it. */
  until: number;
}

export interface Reply {
  status: number;
  text: string;
  headers: Headers;
  /** Whether an earlier request got lost: what was asked may have been done before. */
  repeated: boolean;
}

/** Asks GitHub until it answers, as long as there is time: again after what may pass, and when it says so. */
export function createCaller(options: GithubOptions): (asked: Asked) => Promise<Reply> {
  const { baseUrl, clock, fetch, signal, credentials, timeoutMs = REQUEST_MS, say } = options;

  return async ({ question, token, accept, until }) => {
    let repeated = false;
    for (let attempt = 1; ; attempt += 1) {
      const left = Math.max(1, until - clock.now());
      const given = { fetch, baseUrl, token, signal, timeoutMs: Math.min(timeoutMs, left) };
      const answer: Answer = signal?.aborted ? { kind: 'none', why: 'given up' } : await ask(question, given);
      if (answer.kind === 'answer' && accept.includes(answer.status)) return { ...answer, repeated };
      const wait = toWait(answer, attempt, clock.now());
      const error = toError(question, answer, credentials.kind);
      if (wait === undefined || signal?.aborted || clock.now() + wait >= until) throw error;
      // A refusal for too many requests was no attempt; of all else nobody knows.
      repeated ||= answer.kind === 'none' || answer.status >= 500;
      say?.(`${error.message} Next attempt in ${Math.ceil(wait / 1000)} s.`);
      await clock.sleep(wait, signal);
    }
  };
}

/** @throws GithubError when the body is not as documented */
export function parseReply<S extends z.ZodMiniType>(reply: Reply, shape: S, question: Question): z.infer<S> {
  let body: unknown;
  try {
    body = JSON.parse(reply.text);
  } catch {
    throw toGarbage(question, `${reply.text.length} characters that are no JSON`);
  }
  const result = shape.safeParse(body);
  if (result.success) return result.data;
  // Where, and what was expected there: what was there instead may be a secret.
  const [issue] = result.error.issues;
  throw toGarbage(
    question,
    `JSON that is not as documented at "${issue?.path.join('.') ?? ''}": ${issue?.message ?? ''}`,
  );
}

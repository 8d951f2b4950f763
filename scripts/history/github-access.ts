/** Tokens that may read a repository's workflow runs, which is a permission of its own. */
import * as z from 'zod/mini';
import type { Clock } from '../../clock/clock';
import { buildJwt } from '../../github/app-tokens';
import { ask, type Answer as GithubAnswer, type Question } from '../../github/ask';
import { parseReply } from '../../github/create-caller';
import { toError } from '../../github/to-error';
import { isRateLimit, toWait } from '../../github/to-wait';
import type { GithubCredentials } from '../../github/types';
import { ExpectedError } from '../expected-error';
import type { Attempt, Body, Patience } from './patience';

interface Access {
  baseUrl: string;
  credentials: GithubCredentials;
  clock: Clock;
  patience: Patience;
  /** Of the config. */
  account: string;
}

const TIMEOUT_MS = 30_000;
/** A token of an installation lives for an hour; one that is about to end is not begun with. */
const SPARE_MS = 5 * 60_000;
/** No token helps against a second refusal. */
const MOST_TOKENS = 2;

const installation = z.object({ id: z.number() });
const accessToken = z.object({ token: z.string(), expires_at: z.string() });

export type Get = <S extends z.ZodMiniType>(
  repository: string,
  path: string,
  shape: S,
) => Promise<z.infer<S>>;

/** Asks with the token, or with one of the App's installation for this repository. */
export function createGet({ baseUrl, credentials, clock, patience, account }: Access): Get {
  const kept = new Map<string, { token: string; endsAt: number }>();

  const send = async (question: Question, token: string): Promise<Body | { refused: GithubAnswer }> => {
    let last: GithubAnswer = { kind: 'none', why: 'not asked' };
    const answer = await patience.ask(async (): Promise<Attempt> => {
      last = await ask(question, { fetch, baseUrl, token, timeoutMs: TIMEOUT_MS, signal: undefined });
      return toAttempt(question, last, clock.now());
    });
    return answer.kind === 'body' ? answer : { refused: last };
  };
  const askFor = async <S extends z.ZodMiniType>(question: Question, token: string, shape: S) => {
    const answer = await send(question, token);
    if ('refused' in answer) throw toRefusal(question, answer.refused);
    return parse(answer, question, shape);
  };
  const toToken = async (repository: string): Promise<string> => {
    if (credentials.kind === 'token') return credentials.token;
    const known = kept.get(repository);
    if (known && known.endsAt - SPARE_MS > clock.now()) return known.token;
    const jwt = buildJwt(credentials, clock.now());
    const found: Question = { method: 'GET', path: `/repos/${repository}/installation` };
    const { id } = await askFor(found, jwt, installation);
    const made: Question = {
      method: 'POST',
      path: `/app/installations/${id}/access_tokens`,
      body: { repositories: [repository.split('/')[1]], permissions: { actions: 'read' } },
    };
    const { token, expires_at } = await askFor(made, jwt, accessToken);
    kept.set(repository, { token, endsAt: Date.parse(expires_at) });
    return token;
  };
  const toRefusal = (question: Question, answer: GithubAnswer): ExpectedError => {
    const { message, remedy, status } = toError(question, answer, credentials.kind);
    // The client's own remedy names what removing runners takes, which is another permission.
    if (status !== 403 && status !== 422) return new ExpectedError(message);
    const who = credentials.kind === 'app' ? 'the GitHub App' : 'the token';
    return new ExpectedError(
      `${message.slice(0, -remedy.length)}Give ${who} of account ${account} the repository permission Actions: read, beside Administration, which removing runners takes${credentials.kind === 'app' ? ', and accept it in the settings of its installation' : ''}.`,
    );
  };

  return async (repository, path, shape) => {
    const question: Question = { method: 'GET', path: `/repos/${repository}${path}` };
    for (let tokens = 1; ; tokens += 1) {
      const answer = await send(question, await toToken(repository));
      if (!('refused' in answer)) return parse(answer, question, shape);
      const isOld = answer.refused.kind === 'answer' && answer.refused.status === 401;
      if (!isOld || credentials.kind === 'token' || tokens === MOST_TOKENS)
        throw toRefusal(question, answer.refused);
      kept.delete(repository);
    }
  };
}

function parse<S extends z.ZodMiniType>(answer: Body, question: Question, shape: S): z.infer<S> {
  try {
    return parseReply({ ...answer, status: 200, repeated: false }, shape, question);
  } catch (cause) {
    throw new ExpectedError((cause as Error).message, { cause });
  }
}

function toAttempt({ method, path }: Question, answer: GithubAnswer, now: number): Attempt {
  const what = `${method} ${path.split('?')[0]}`;
  if (answer.kind === 'none')
    return { kind: 'again', seen: `${what}: ${answer.why}`, why: 'failed', wait: undefined };
  const { status, text, headers } = answer;
  if (status === 200 || status === 201) return { kind: 'body', text, headers };
  const seen = `${what}: status ${status}`;
  if (isRateLimit(answer)) return { kind: 'again', seen, why: 'too-many', wait: toWait(answer, 1, now) };
  if (status >= 500) return { kind: 'again', seen, why: 'failed', wait: toWait(answer, 1, now) };
  return { kind: 'refused', status, seen };
}

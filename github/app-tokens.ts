/** https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app */
import { createPrivateKey, sign } from 'node:crypto';
import * as z from 'zod/mini';
import type { Clock } from '../clock/clock';
import type { Question } from './ask';
import { type Asked, parseReply, type Reply } from './create-caller';
import { GithubError } from './github-error';

/** GitHub takes ten minutes at most, and clocks differ. */
const VALID_SECONDS = 540;
const SLOW_CLOCK_SECONDS = 60;
/** An installation token lives for an hour; one that is about to end is not begun with. */
const SPARE_MS = 5 * 60_000;

const installation = z.object({ id: z.number() });
const accessToken = z.object({ token: z.string(), expires_at: z.string() });

export interface AppTokens {
  read(repository: string, until: number): Promise<string>;
  /** A new one in place of the one that was refused. */
  renew(repository: string, until: number): Promise<string>;
}

/** Tokens of an App's installation, for one repository and one permission each. */
export function createAppTokens(
  app: { appId: string; privateKey: string },
  { call, clock }: { call: (asked: Asked) => Promise<Reply>; clock: Clock },
): AppTokens {
  const kept = new Map<string, { token: string; endsAt: number }>();

  const askFor = async <S extends z.ZodMiniType>(
    question: Question,
    status: number,
    shape: S,
    until: number,
  ) => {
    const token = buildJwt(app, clock.now());
    return parseReply(await call({ question, token, accept: [status], until }), shape, question);
  };
  const renew = async (repository: string, until: number) => {
    const found: Question = { method: 'GET', path: `/repos/${repository}/installation` };
    const { id } = await askFor(found, 200, installation, until);
    const made: Question = {
      method: 'POST',
      path: `/app/installations/${id}/access_tokens`,
      body: { repositories: [repository.split('/')[1]], permissions: { administration: 'write' } },
    };
    const { token, expires_at } = await askFor(made, 201, accessToken, until);
    kept.set(repository, { token, endsAt: Date.parse(expires_at) });
    return token;
  };
  return {
    renew,
    async read(repository, until) {
      const known = kept.get(repository);
      return known && known.endsAt - SPARE_MS > clock.now() ? known.token : renew(repository, until);
    },
  };
}

export function buildJwt({ appId, privateKey }: { appId: string; privateKey: string }, now: number): string {
  const seconds = Math.floor(now / 1000);
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const content = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode({
    iat: seconds - SLOW_CLOCK_SECONDS,
    exp: seconds + VALID_SECONDS,
    iss: appId,
  })}`;
  return `${content}.${sign('sha256', Buffer.from(content), toKey(privateKey)).toString('base64url')}`;
}

function toKey(pem: string) {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new GithubError(
      undefined,
      "The GitHub App's private key is no key in PEM form.",
      'Download one in the settings of the App; it begins with -----BEGIN RSA PRIVATE KEY-----.',
    );
  }
}

import type * as z from 'zod/mini';
import type { Clock } from '../../clock/clock';
import { parseBody } from '../../lambda/scaler/ci/parse-body';
import { ExpectedError } from '../expected-error';
import { askJson } from './ask-json';
import type { Patience } from './patience';

interface Access {
  baseUrl: string;
  token: string;
  clock: Clock;
  patience: Patience;
  /** Of the config. */
  account: string;
  say(line: string): void;
}

interface Page<T> {
  items: T[];
  next_page_token?: string | null | undefined;
}

type Query = Readonly<Record<string, string>>;

/** Questions to CircleCI's API v2. @throws ExpectedError for all but what is not there */
export function createCircleciApi({ baseUrl, token, clock, patience, account, say }: Access) {
  const base = `${toApiAddress(baseUrl)}/api/v2/`;

  /** Undefined: 404, it is not there any more, or not for this user. */
  const get = async <S extends z.ZodMiniType>(
    path: string,
    query: Query,
    shape: S,
  ): Promise<z.infer<S> | undefined> => {
    const address = `${base}${path}?${new URLSearchParams(query)}`;
    const answer = await patience.ask(() => askJson(address, { 'Circle-Token': token }, clock));
    if (answer.kind === 'refused') {
      if (answer.status === 404) return undefined;
      throw new ExpectedError(`CircleCI: ${answer.seen}. ${toRemedy(answer.status, account)}`);
    }
    const body = parseBody(answer.text, shape, `/api/v2/${path}`);
    if (body.kind === 'parsed') return body.value;
    throw new ExpectedError(
      `CircleCI: ${body.detail}. Check that ${base} is the API v2 (baseUrl of account ${account}), and what proxies are on the way to it.`,
    );
  };

  /** Page by page; nothing, and a word about it, when there is no such list. */
  async function* list<T>(
    path: string,
    query: Query,
    shape: z.ZodMiniType<Page<T>>,
  ): AsyncGenerator<T[], void> {
    let next: string | undefined;
    do {
      const asked = next === undefined ? query : { ...query, 'page-token': next };
      const page: Page<T> | undefined = await get(path, asked, shape);
      if (!page)
        return say(
          `CircleCI: ${path} ${query['org-slug'] ?? ''} is not there, or not for the token's user (404): left out`,
        );
      yield page.items;
      next = page.next_page_token || undefined;
    } while (next !== undefined);
  }
  return { get, list };
}

/** The cloud has its runner API on a host of its own; a server has both on one. */
export const toApiAddress = (baseUrl: string): string =>
  new URL(baseUrl).hostname === 'runner.circleci.com' ? 'https://circleci.com' : baseUrl.replace(/\/+$/, '');

const toRemedy = (status: number, account: string): string =>
  status === 401 || status === 403
    ? `API v2 takes personal tokens only, no project token, though that is enough for the scaler: make one at User Settings → Personal API Tokens, as a user who follows the projects, and store it with make secrets ACCOUNT=${account}.`
    : `Check baseUrl of account ${account}.`;

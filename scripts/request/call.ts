/** HTTP to GitHub's and GitLab's API: JSON in, JSON out, a failed answer as an error that says what to do. */
import { ExpectedError } from '../expected-error';

export interface Api {
  /** Without a slash at the end. */
  baseUrl: string;
  /** Holds the token, so it is never shown. */
  headers: Record<string, string>;
  /** What to do when the token is refused. */
  remedy: string;
  /** Waits between two attempts. */
  wait: (milliseconds: number) => Promise<unknown>;
}

interface Answer<T> {
  body: T;
  /** Address of the next page. */
  next: string | undefined;
}

export class RefusedError extends ExpectedError {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const TIMEOUT_MS = 30_000;
const ATTEMPTS = 3;
/** Pages of a hundred: more comments than that are on no request. */
const MOST_PAGES = 50;

export async function call<T>(api: Api, method: string, path: string, body?: object): Promise<Answer<T>> {
  const url = path.startsWith(`${api.baseUrl}/`) ? path : `${api.baseUrl}${path}`;
  for (let attempt = 1; ; attempt += 1) {
    // What was created by an answer that got lost would be there twice: only reading and replacing are repeated.
    const isLast = attempt === ATTEMPTS || method === 'POST';
    const { answer, cause } = await send(api, method, url, body);
    if (!isLast && (!answer || answer.status === 429 || answer.status >= 500)) {
      await api.wait(attempt * 2_000);
      continue;
    }
    if (!answer) {
      const { host } = new URL(url);
      throw new ExpectedError(
        `${host} cannot be reached: ${cause?.message}. Check the network of the job, then run it again.`,
        { cause },
      );
    }
    if (answer.ok) return { body: (await answer.json()) as T, next: toNext(answer.headers.get('link')) };
    throw await toRefusal(api, answer, method, url);
  }
}

const send = (
  { headers }: Api,
  method: string,
  url: string,
  body: object | undefined,
): Promise<{ answer?: Response; cause?: Error }> =>
  fetch(url, {
    method,
    headers: { ...headers, 'Content-Type': 'application/json', 'User-Agent': 'muster' },
    ...(body ? { body: JSON.stringify(body) } : {}),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).then(
    (answer) => ({ answer }),
    (cause: Error) => ({ cause }),
  );

async function toRefusal({ remedy }: Api, answer: Response, method: string, url: string) {
  const text = (await answer.text()).slice(0, 300);
  const what = `${method} ${new URL(url).pathname} was answered with ${answer.status}: ${text}`;
  return new RefusedError(
    answer.status,
    [401, 403, 404].includes(answer.status) ? `${what}\n${remedy}` : what,
  );
}

/** Every entry of all pages. */
export async function listAll<T>(api: Api, path: string): Promise<T[]> {
  const all: T[] = [];
  let next: string | undefined = path;
  for (let page = 0; next !== undefined && page < MOST_PAGES; page += 1) {
    const answer: Answer<T[]> = await call<T[]>(api, 'GET', next);
    all.push(...answer.body);
    // The token goes to no other host, whatever a link says.
    next = answer.next?.startsWith(`${api.baseUrl}/`) ? answer.next : undefined;
  }
  return all;
}

/** Of `Link: <https://…?page=2>; rel="next", <…>; rel="last"` the next. */
const toNext = (link: string | null) =>
  link
    ?.split(',')
    .map((part) => /<([^>]+)>\s*;.*rel="next"/.exec(part)?.[1])
    .find((url) => url !== undefined);

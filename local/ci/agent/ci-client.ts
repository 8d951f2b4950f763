/** How agent and task agent talk to the stand-in CI. What may pass by itself is tried again; a refusal is an answer. */
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 2000;
const TIMEOUT_MS = 10_000;

export class Refused extends Error {
  constructor(
    readonly status: number,
    what: string,
  ) {
    super(`${what}: the CI refused with status ${status}`);
  }
}

export interface Answer {
  status: number;
  body: unknown;
}

export interface CiClient {
  /** Posts until the CI gives an answer below 500; throws Refused for 4xx, and gives up after `patienceMs`. */
  post: (path: string, token: string, body: unknown, patienceMs: number) => Promise<Answer>;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export function createCiClient(url: string, log: (line: string) => void): CiClient {
  const once = async (path: string, token: string, body: unknown): Promise<Answer> => {
    const isText = typeof body === 'string';
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': isText ? 'text/plain' : 'application/json',
      },
      body: isText ? body : JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    if (response.status >= 500 || response.status === 429) throw new Error(`status ${response.status}`);
    if (response.status >= 400) throw new Refused(response.status, `POST ${path}`);
    return { status: response.status, body: text ? JSON.parse(text) : null };
  };
  return {
    post: async (path, token, body, patienceMs) => {
      const until = Date.now() + patienceMs;
      for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(wait * 2, LONGEST_PAUSE_MS)) {
        try {
          return await once(path, token, body);
        } catch (cause) {
          if (cause instanceof Refused) throw cause;
          log(`POST ${path}: ${cause instanceof Error ? cause.message : cause}`);
          if (Date.now() + wait > until) throw new Error(`POST ${path}: no answer from ${url}`, { cause });
          await pause(wait);
        }
      }
    },
  };
}

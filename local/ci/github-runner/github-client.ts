/** How the stand-in Listener and its Worker ask their GitHub; what there is to ask is in ../github/agent-api.ts. */

export interface Answer {
  status: number;
  body: unknown;
}

export interface GithubClient {
  /** One request. Throws when there is no answer, or none that tells something (5xx). */
  ask: (method: string, path: string, body?: unknown, signal?: AbortSignal) => Promise<Answer>;
  /** Asks until there is an answer. */
  insist: (method: string, path: string, body: unknown, patienceMs: number) => Promise<Answer>;
}

const AGAIN_MS = 1000;

export const pause = (ms: number, signal?: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal?.aborted) return resolve();
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });

export function createClient({ url, token }: { url: string; token: string }): GithubClient {
  const ask: GithubClient['ask'] = async (method, path, body, signal) => {
    const isBytes = typeof body === 'string' || Buffer.isBuffer(body);
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': isBytes ? 'application/octet-stream' : 'application/json',
      },
      ...(body === undefined ? {} : { body: isBytes ? body : JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
    const text = await response.text();
    if (response.status >= 500) throw new Error(`${method} ${path}: status ${response.status}`);
    return { status: response.status, body: text ? JSON.parse(text) : null };
  };
  return {
    ask,
    insist: async (method, path, body, patienceMs) => {
      const until = performance.now() + patienceMs;
      for (;;) {
        try {
          return await ask(method, path, body);
        } catch (cause) {
          if (performance.now() > until) throw cause;
          await pause(AGAIN_MS);
        }
      }
    },
  };
}

export interface Question {
  method: 'GET' | 'POST' | 'DELETE';
  /** Below the base URL, with its query. */
  path: string;
  body?: object;
}

export type Answer =
  | { kind: 'answer'; status: number; text: string; headers: Headers }
  /** Whether GitHub did what was asked nobody knows. */
  | { kind: 'none'; why: string };

interface Asking {
  fetch: typeof fetch;
  baseUrl: string;
  token: string;
  timeoutMs: number;
  signal: AbortSignal | undefined;
}

/** One request, one answer. */
export async function ask({ method, path, body }: Question, asking: Asking): Promise<Answer> {
  const { fetch, baseUrl, token, timeoutMs, signal } = asking;
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(`${baseUrl.replace(/\/+$/, '')}${path}`, {
      method,
      headers: {
        Accept: 'application/vnd.github+json',
        Authorization: `Bearer ${token}`,
        'User-Agent': 'muster',
        'X-GitHub-Api-Version': '2022-11-28',
        ...(body ? { 'Content-Type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      // A redirect would carry the token to another address.
      redirect: 'manual',
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    return {
      kind: 'answer',
      status: response.status,
      text: await response.text(),
      headers: response.headers,
    };
  } catch (error) {
    if (signal?.aborted) return { kind: 'none', why: 'given up' };
    if (timeout.aborted) return { kind: 'none', why: `no answer within ${timeoutMs / 1000} s` };
    return { kind: 'none', why: toCode(error) };
  }
}

/** fetch hides the reason in `cause`. Codes only: a message may quote what was sent. */
function toCode(error: unknown): string {
  const { name, cause } = error as { name?: string; cause?: { code?: string; name?: string } };
  return cause?.code ?? cause?.name ?? name ?? 'no connection';
}

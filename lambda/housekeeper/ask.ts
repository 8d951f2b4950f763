/** GitLab and CircleCI answer in well under a second; a housekeeper has time. */
const TIMEOUT_MS = 10_000;

export type Fetch = typeof fetch;

/** What a CI did not do. Names what was seen, never what was sent: a token must not get into a log. */
export class CiError extends Error {
  override readonly name = 'CiError';
  constructor(
    readonly status: number | undefined,
    message: string,
  ) {
    super(message);
  }
}

export interface Question {
  fetch: Fetch;
  method: 'GET' | 'DELETE';
  address: string;
  headers?: Readonly<Record<string, string>>;
  body?: unknown;
}

/** @throws CiError when there is no answer, or none of success */
export async function ask({ fetch, method, address, headers, body }: Question): Promise<Response> {
  const what = `${method} ${new URL(address).pathname}`;
  const response = await fetch(address, {
    method,
    headers: {
      Accept: 'application/json',
      ...(body ? { 'Content-Type': 'application/json' } : {}),
      ...headers,
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
    // A redirect would carry the token to another host.
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: Error & { cause?: { code?: string } }) => {
    // The code alone: a message may quote what was sent.
    throw new CiError(undefined, `${what}: ${error.cause?.code ?? error.name}`);
  });
  if (response.ok) return response;
  const said = (await response.text().catch(() => '')).slice(0, 200);
  throw new CiError(response.status, `${what}: status ${response.status} ${said}`.trim());
}

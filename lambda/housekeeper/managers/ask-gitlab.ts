/** GitLab answers in well under a second; a housekeeper has time. */
const TIMEOUT_MS = 10_000;
/** 100 a page and 20,000 machines: more than a runner has. */
const MOST_PAGES = 200;

export type Fetch = typeof fetch;

/** What GitLab did not do. Names what was seen, never what was sent: a token must not get into a log. */
export class GitlabError extends Error {
  override readonly name = 'GitlabError';
  constructor(
    readonly status: number | undefined,
    message: string,
  ) {
    super(message);
  }
}

interface Question {
  fetch: Fetch;
  method: 'GET' | 'DELETE';
  address: string;
  headers?: Readonly<Record<string, string>>;
  body?: unknown;
}

async function ask({ fetch, method, address, headers, body }: Question): Promise<Response> {
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
    throw new GitlabError(undefined, `${what}: ${error.cause?.code ?? error.name}`);
  });
  if (response.ok) return response;
  const said = (await response.text().catch(() => '')).slice(0, 200);
  throw new GitlabError(response.status, `${what}: status ${response.status} ${said}`.trim());
}

/** All items of a list, page by page for as long as GitLab names a next one. */
export async function readPages(
  fetch: Fetch,
  { address, token }: { address: string; token: string },
): Promise<unknown[]> {
  const items: unknown[] = [];
  let page = '1';
  for (let pages = 0; page !== ''; pages += 1) {
    if (pages >= MOST_PAGES)
      throw new GitlabError(undefined, `GET ${address}: more than ${MOST_PAGES} pages`);
    const response = await ask({
      fetch,
      method: 'GET',
      address: `${address}?per_page=100&page=${page}`,
      headers: { 'PRIVATE-TOKEN': token },
    });
    const body: unknown = await response.json().catch(() => undefined);
    if (!Array.isArray(body))
      throw new GitlabError(response.status, `GET ${new URL(address).pathname}: the answer is no list`);
    items.push(...body);
    page = response.headers.get('x-next-page')?.trim() ?? '';
  }
  return items;
}

/** Removes a manager, as the runner's own `unregister` does. One that is gone already is no error. */
export async function deleteManager(
  fetch: Fetch,
  { baseUrl, token, systemId }: { baseUrl: string; token: string; systemId: string },
): Promise<void> {
  const address = `${baseUrl}/api/v4/runners/managers`;
  try {
    await ask({ fetch, method: 'DELETE', address, body: { token, system_id: systemId } });
  } catch (error) {
    if (!(error instanceof GitlabError) || error.status !== 404) throw error;
  }
}

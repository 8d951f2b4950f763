import { ask, CiError, type Fetch } from '../ask';

/** 100 a page and 20,000 machines: more than a runner has. */
const MOST_PAGES = 200;

/** All items of a list, page by page for as long as GitLab names a next one. */
export async function readPages(
  fetch: Fetch,
  { address, token }: { address: string; token: string },
): Promise<unknown[]> {
  const items: unknown[] = [];
  let page = '1';
  for (let pages = 0; page !== ''; pages += 1) {
    if (pages >= MOST_PAGES) throw new CiError(undefined, `GET ${address}: more than ${MOST_PAGES} pages`);
    const response = await ask({
      fetch,
      method: 'GET',
      address: `${address}?per_page=100&page=${page}`,
      headers: { 'PRIVATE-TOKEN': token },
    });
    const body: unknown = await response.json().catch(() => undefined);
    if (!Array.isArray(body))
      throw new CiError(response.status, `GET ${new URL(address).pathname}: the answer is no list`);
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
    if (!(error instanceof CiError) || error.status !== 404) throw error;
  }
}

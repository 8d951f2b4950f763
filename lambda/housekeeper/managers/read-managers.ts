import type { Fetch } from '../ask';
import type { Manager } from '../core/choose-managers';
import type { GitlabFleet } from '../settings';
import { readPages } from './ask-gitlab';
import { toManagers } from './to-managers';

export interface ReadManagersPorts {
  fetch: Fetch;
  /** @throws Error that says what to do when there is no token. */
  readToken: (secret: string) => Promise<string>;
}

/** Every machine that used the runner's token, the whole list or an error. */
export async function readManagers(
  { fetch, readToken }: ReadManagersPorts,
  { baseUrl, runnerId, apiTokenSecret }: GitlabFleet,
): Promise<Manager[]> {
  const address = `${baseUrl}/api/v4/runners/${runnerId}/managers`;
  return toManagers(await readPages(fetch, { address, token: await readToken(apiTokenSecret) }));
}

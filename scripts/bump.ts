/** make bump: raises pinned versions and checksums to the newest of their major version. DRY_RUN=1 shows only; ONLY=NODE,GO. */
import { readFileSync, writeFileSync } from 'node:fs';
import { bumpAll, toLines } from './bump/bump-all';
import type { Get } from './bump/bump-pin';
import { SOURCES } from './bump/sources';
import { ExpectedError } from './expected-error';
import { runScript } from './run-script';

/** A download of some hundred MB; feeds answer in a second. */
const TIMEOUT_MS = 10 * 60_000;
const GITHUB_API = 'https://api.github.com/';

/** @param token of GitHub, which answers 60 requests an hour without one: too few for an address that many share */
const getWith =
  (token: string | undefined): Get =>
  async (address, method = 'GET') => {
    const headers = token && address.startsWith(GITHUB_API) ? { authorization: `Bearer ${token}` } : {};
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(address, { method, headers, signal }).catch(
      (error: Error & { cause?: Error }) => {
        throw new Error(`${address}: ${error.cause?.message ?? error.message}`, { cause: error });
      },
    );
    if (!response.ok) throw new Error(`${address}: status ${response.status}`);
    return response;
  };

runScript(async ({ DRY_RUN, ONLY, GITHUB_TOKEN }) => {
  const names = ONLY ? ONLY.split(',').map((name) => name.trim()) : SOURCES.map(({ name }) => name);
  const unknown = names.filter((name) => !SOURCES.some((source) => source.name === name));
  if (unknown.length > 0) {
    throw new ExpectedError(
      `ONLY= names ${unknown.join(', ')}; known are ${SOURCES.map(({ name }) => name).join(', ')}.`,
    );
  }
  const files = {
    read: (path: string) => readFileSync(path, 'utf8'),
    write: (path: string, text: string) => {
      if (!DRY_RUN) writeFileSync(path, text);
    },
  };
  const chosen = SOURCES.filter(({ name }) => names.includes(name));
  const result = await bumpAll(chosen, files, getWith(GITHUB_TOKEN));
  console.log(toLines(result).join('\n'));
  if (DRY_RUN) console.log('Nothing was written (DRY_RUN).');
  if (result.failures.length > 0) {
    throw new ExpectedError(
      `${result.failures.length} of ${chosen.length} pins could not be checked and stay as they are. The others are done.`,
    );
  }
});

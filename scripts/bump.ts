/** make bump: raises pinned versions and checksums to the newest of their major version. DRY_RUN=1 shows only; ONLY=NODE,GO. */
import { readFileSync, writeFileSync } from 'node:fs';
import { bumpAll, toLines } from './bump/bump-all';
import { SOURCES } from './bump/sources';
import { ExpectedError } from './expected-error';
import { runScript } from './run-script';

/** A download of some hundred MB; feeds answer in a second. */
const TIMEOUT_MS = 10 * 60_000;

async function get(address: string, method: 'GET' | 'HEAD' = 'GET'): Promise<Response> {
  const response = await fetch(address, { method, signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(
    (error: Error & { cause?: Error }) => {
      throw new Error(`${address}: ${error.cause?.message ?? error.message}`, { cause: error });
    },
  );
  if (!response.ok) throw new Error(`${address}: status ${response.status}`);
  return response;
}

runScript(async ({ DRY_RUN, ONLY }) => {
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
  const result = await bumpAll(chosen, files, get);
  console.log(toLines(result).join('\n'));
  if (DRY_RUN) console.log('Nothing was written (DRY_RUN).');
  if (result.failures.length > 0) {
    throw new ExpectedError(
      `${result.failures.length} of ${chosen.length} pins could not be checked and stay as they are. The others are done.`,
    );
  }
});

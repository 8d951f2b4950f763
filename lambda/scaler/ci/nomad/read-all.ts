import type * as z from 'zod/mini';
import type { Unknown } from '../../core/types';
import type { Body } from '../client';
import { parseBody } from '../parse-body';

/** Items in one answer; more than most clusters have, few enough to be read in a poll. */
export const PER_PAGE = 1000;
/** 20,000 jobs that are not dead: behind so many others' a fleet's own are not looked for. */
const MOST_PAGES = 20;

export type All<T> = { kind: 'all'; items: T[] } | Unknown;

/**
 * Every page of a list, or why not: half a list is a count that is too small, and would be taken for the whole.
 *
 * @param get asks for a path below /v1/ with a query
 */
export async function readAll<T>(
  get: (path: string, query: URLSearchParams) => Promise<Body | Unknown>,
  path: string,
  query: Readonly<Record<string, string>>,
  shape: z.ZodMiniType<T[]>,
): Promise<All<T>> {
  const items: T[] = [];
  const asked = new URLSearchParams({ ...query, per_page: `${PER_PAGE}` });
  for (let page = 0; page < MOST_PAGES; page++) {
    const answer = await get(path, asked);
    if (answer.kind === 'unknown') return answer;
    const body = parseBody(answer.text, shape, path);
    if (body.kind === 'unknown') return body;
    items.push(...body.value);
    const next = answer.headers.get('x-nomad-nexttoken');
    if (!next) return { kind: 'all', items };
    asked.set('next_token', next);
  }
  return {
    kind: 'unknown',
    problem: 'queue-too-long',
    detail: `GET ${path}: more than ${MOST_PAGES * PER_PAGE} entries`,
  };
}

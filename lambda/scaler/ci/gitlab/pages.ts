import type * as z from 'zod/mini';
import type { Unknown } from '../../core/types';
import type { Body } from '../client';
import { parseBody } from '../parse-body';

/** The most that GitLab gives in one page. */
export const PER_PAGE = 100;

export interface Page<T> {
  kind: 'page';
  items: readonly T[];
  /** The query of the next page; absent on the last. */
  next: URLSearchParams | undefined;
}

/** Reads pages when they are asked for, each once, whoever else reads the same list. */
export type Pages<T> = (index: number) => Promise<Page<T> | Unknown | undefined>;

/** @param get asks for a path below the API with a query */
export function toPages<T>(
  get: (path: string, query: URLSearchParams) => Promise<Body | Unknown>,
  path: string,
  query: Readonly<Record<string, string>>,
  shape: z.ZodMiniType<T[]>,
): Pages<T> {
  const pages: Promise<Page<T> | Unknown | undefined>[] = [];
  const read = async (asked: URLSearchParams): Promise<Page<T> | Unknown> => {
    const answer = await get(path, asked);
    if (answer.kind === 'unknown') return answer;
    const body = parseBody(answer.text, shape, path);
    if (body.kind === 'unknown') return body;
    return { kind: 'page', items: body.value, next: toNext(answer.headers, asked) };
  };
  const after = async (page: Page<T> | Unknown | undefined) =>
    page?.kind === 'page' && page.next ? read(page.next) : undefined;

  return async (index) => {
    for (let i = pages.length; i <= index; i++) {
      const before = pages[i - 1];
      pages[i] = before
        ? before.then(after)
        : read(new URLSearchParams({ ...query, per_page: `${PER_PAGE}` }));
    }
    return pages[index];
  };
}

/**
 * The query of the next page, by keyset or by number. Of the link only the query is used: its host is what GitLab
 * believes to be called, and the token must not go to another.
 */
export function toNext(headers: Headers, asked: URLSearchParams): URLSearchParams | undefined {
  const link = /<([^>]*)>\s*;[^,]*\brel="?next\b/.exec(headers.get('link') ?? '')?.[1];
  const query = link?.split('?')[1];
  if (query) return new URLSearchParams(query);
  const page = headers.get('x-next-page')?.trim();
  if (!page) return undefined;
  const next = new URLSearchParams(asked);
  next.set('page', page);
  return next;
}

/** All items, of so many pages at most. */
export async function readAll<T>(
  pages: Pages<T>,
  most: number,
): Promise<{ kind: 'all'; items: T[] } | Unknown> {
  const items: T[] = [];
  for (let i = 0; i < most; i++) {
    const page = await pages(i);
    if (page?.kind === 'unknown') return page;
    if (!page) break;
    items.push(...page.items);
    if (!page.next) break;
  }
  return { kind: 'all', items };
}

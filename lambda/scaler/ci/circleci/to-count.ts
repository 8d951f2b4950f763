import type { Unknown } from '../../core/types';

/** The count in a body, or why it is none: a default would be a number that nobody said. */
export function toCount(text: string, field: string): number | Unknown {
  const wrong = (seen: string): Unknown => ({
    kind: 'unknown',
    problem: 'unexpected-answer',
    detail: `expected {"${field}": a count}, got ${seen}`,
  });
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return wrong(`${text.length} characters that are no JSON`);
  }
  if (typeof body !== 'object' || body === null || !(field in body)) return wrong('JSON without that field');
  const count = (body as Record<string, unknown>)[field];
  if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 0)
    return wrong(`${typeof count} ${String(JSON.stringify(count)).slice(0, 40)}`);
  return count;
}

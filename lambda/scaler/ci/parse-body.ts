import type * as z from 'zod/mini';
import type { Unknown } from '../core/types';

/** The body as it should be, or why it is not: never a default, which nobody has said. */
export function parseBody<S extends z.ZodMiniType>(
  text: string,
  shape: S,
  what: string,
): { kind: 'parsed'; value: z.infer<S> } | Unknown {
  const wrong = (seen: string): Unknown => ({
    kind: 'unknown',
    problem: 'unexpected-answer',
    detail: `GET ${what}: ${seen}`,
  });
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return wrong(`${text.length} characters that are no JSON`);
  }
  const result = shape.safeParse(body);
  if (result.success) return { kind: 'parsed', value: result.data };
  const [issue] = result.error.issues;
  // The path of the first fault, and what was expected there: what was there instead stays out of the log.
  return wrong(`JSON that is not as documented at "${issue?.path.join('.') ?? ''}": ${issue?.message ?? ''}`);
}

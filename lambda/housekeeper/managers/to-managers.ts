import * as z from 'zod/mini';
import type { Manager } from '../core/choose-managers';

const row = z.object({
  system_id: z.string(),
  created_at: z.string(),
  contacted_at: z.optional(z.nullable(z.string())),
});

/** Rows of GET /runners/:id/managers. @throws Error when one is not as documented: nothing is judged by half a list */
export function toManagers(rows: readonly unknown[]): Manager[] {
  return rows.map((value): Manager => {
    const parsed = z.safeParse(row, value);
    if (!parsed.success) throw new Error(`GitLab's list of managers: ${z.prettifyError(parsed.error)}`);
    const { system_id: systemId, created_at: created, contacted_at: contacted } = parsed.data;
    return {
      systemId,
      createdAt: toTime(created),
      ...(contacted ? { contactedAt: toTime(contacted) } : {}),
    };
  });
}

function toTime(text: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new Error(`GitLab's list of managers has a date ${JSON.stringify(text)}`);
  return time;
}

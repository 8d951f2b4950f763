import * as z from 'zod/mini';

const answer = z.object({
  items: z.array(z.object({ name: z.string(), last_connected: z.optional(z.nullable(z.string())) })),
});

/**
 * What CircleCI's GET /api/v3/runner answers: when each agent was last heard of, by name, which is the instance id.
 * @throws Error when it is not as documented: nobody is judged by half a list
 */
export function toAgents(body: unknown): Map<string, number | undefined> {
  const parsed = z.safeParse(answer, body);
  if (!parsed.success) throw new Error(`CircleCI's list of runners: ${z.prettifyError(parsed.error)}`);
  const heardAt = new Map<string, number | undefined>();
  for (const { name, last_connected: connected } of parsed.data.items) {
    const at = connected ? Date.parse(connected) : undefined;
    if (Number.isNaN(at))
      throw new Error(`CircleCI's list of runners has a date ${JSON.stringify(connected)}`);
    // A name can have several rows: an agent that was started again.
    const before = heardAt.get(name);
    heardAt.set(name, at !== undefined && before !== undefined ? Math.max(at, before) : (at ?? before));
  }
  return heardAt;
}

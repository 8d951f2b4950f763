/** What is needed of GitHub's documented answers; everything else in them is ignored. */
import * as z from 'zod/mini';
import type { Runner } from './types';

const runner = z.object({
  id: z.number(),
  name: z.string(),
  status: z.string(),
  busy: z.boolean(),
  labels: z.array(z.object({ name: z.string() })),
});

export const SHAPES = {
  runner,
  runners: z.object({ total_count: z.number(), runners: z.array(runner) }),
  jit: z.object({ runner: z.object({ id: z.number() }), encoded_jit_config: z.string() }),
};

export const toRunner = ({ id, name, status, busy, labels }: z.infer<typeof runner>): Runner => ({
  id,
  name,
  status: status === 'online' ? 'online' : 'offline',
  busy,
  labels: labels.map((label) => label.name),
});

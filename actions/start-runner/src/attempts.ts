/**
 * What was begun, for the post step: each thing is noted before it is done, so that whatever cuts this program short,
 * nothing is left that is not noted.
 */
import * as z from 'zod/mini';
import type { Commands } from './workflow/commands';

const attempt = z.object({
  /** Name of the runner: at GitHub, and `startedBy` of its task. */
  runner: z.string(),
  mode: z.string(),
  cluster: z.string(),
  /** Id at GitHub; absent until GitHub has told it. */
  runnerId: z.optional(z.number()),
  /** Name of the secret; absent before it is made. */
  secret: z.optional(z.string()),
  /** Whether a task was asked for, and its ARN when AWS has told it. */
  asked: z.optional(z.boolean()),
  taskArn: z.optional(z.string()),
  /** It came online and is handed over to its job. */
  online: z.optional(z.boolean()),
});

export type Attempt = z.infer<typeof attempt>;

const STATE = 'attempts';

export interface Attempts {
  /** Notes a new one, or more about one that is there. */
  note(attempt: Attempt): void;
  /** Nothing of it is left, or it is no matter of ours any more. */
  forget(attempt: Attempt): void;
}

export function createAttempts({ saveState }: Pick<Commands, 'saveState'>): Attempts {
  const all = new Map<string, Attempt>();
  const save = () => saveState(STATE, JSON.stringify([...all.values()]));
  return {
    note(one) {
      all.set(one.runner, one);
      save();
    },
    forget({ runner }) {
      all.delete(runner);
      save();
    },
  };
}

/** What main has noted; nothing, when it did not get so far. */
export function readAttempts({ state }: Pick<Commands, 'state'>): Attempt[] {
  const text = state(STATE);
  return text === '' ? [] : z.array(attempt).parse(JSON.parse(text));
}

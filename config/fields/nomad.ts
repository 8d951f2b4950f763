import { z } from 'zod';

/** Names of Nomad that instances and queries carry unquoted. */
const word = z
  .string()
  .regex(/^[A-Za-z0-9][\w.-]{0,127}$/, 'use letters, digits, dots, dashes and underscores, 128 at most');

export const nomad = z
  .strictObject({
    datacenter: word
      .default('dc1')
      .describe("Nomad datacenter of the instances. CircleCI server's: `default`."),
    nodePool: word
      .default('default')
      .describe(
        'Node pool of the instances, best one of its own: every job that this pool and datacenter could run counts as demand.',
      ),
    nodeClass: word
      .optional()
      .describe("Node class, for constraints. CircleCI server's jobs: `linux-64bit`."),
    namespaces: z
      .array(word)
      .min(1)
      .max(20)
      .default(['default'])
      .describe('Namespaces whose jobs the fleet serves. Each costs two requests a poll.'),
    demand: z
      .enum(['queue', 'none'])
      .default('queue')
      .describe(
        'queue: the fleet follows the allocations that Nomad cannot place. none: nobody is asked, and the fleet has as many instances as `warm` says while it is open.',
      ),
    rawExec: z
      .boolean()
      .default(false)
      .describe(
        "Allow the driver raw_exec, which CircleCI server's jobs use. It makes allocations root on their instance: one trust level per fleet.",
      ),
  })
  .describe('What the instances are at Nomad. Needed with Nomad, and only there.');

/** What the adapter needs of GitLab's documented answers; everything else in them is ignored. */
import * as z from 'zod/mini';

const job = z.object({
  ref: z.string(),
  /** Whether the ref is a tag. */
  tag: z.boolean(),
  tag_list: z.array(z.string()),
  /** Too old to be run (archive_builds_older_than). */
  archived: z.optional(z.boolean()),
});
const runner = z.object({
  paused: z.optional(z.boolean()),
  tag_list: z.array(z.string()),
  run_untagged: z.boolean(),
  /** not_protected or ref_protected. */
  access_level: z.string(),
});

export const SHAPES = {
  jobs: z.array(job),
  /** Jobs that are only counted. */
  counted: z.array(z.object({ id: z.number() })),
  runner,
  project: z.object({ archived: z.optional(z.boolean()) }),
  projects: z.array(z.object({ path_with_namespace: z.string(), archived: z.optional(z.boolean()) })),
  /** Protected branches or tags: names, in which * stands for any text. */
  patterns: z.array(z.object({ name: z.string() })),
};

export type Job = z.infer<typeof job>;
export type Runner = z.infer<typeof runner>;

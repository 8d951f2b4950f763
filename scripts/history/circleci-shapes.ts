/** What is needed of the answers of CircleCI's API v2 (https://circleci.com/docs/api/v2/openapi.json). */
import * as z from 'zod/mini';

const time = z.string();
const maybeTime = z.optional(z.nullable(time));

const paged = <T extends z.ZodMiniType>(item: T) =>
  z.object({ items: z.array(item), next_page_token: z.optional(z.nullable(z.string())) });

export const SHAPES = {
  organizations: z.array(z.object({ slug: z.string() })),
  pipelines: paged(z.object({ id: z.string(), created_at: time })),
  workflows: paged(z.object({ id: z.string(), stopped_at: maybeTime })),
  jobs: paged(
    z.object({
      /** An approval has none, nor has a job that never began. */
      job_number: z.optional(z.nullable(z.number())),
      project_slug: z.string(),
      started_at: maybeTime,
      stopped_at: maybeTime,
    }),
  ),
  job: z.object({
    created_at: time,
    /** "The time when the job was placed in a queue." */
    queued_at: maybeTime,
    started_at: maybeTime,
    stopped_at: maybeTime,
    executor: z.object({ resource_class: z.optional(z.nullable(z.string())) }),
    /** One for each runner that the job has at the same time (`parallelism`). */
    parallel_runs: z.optional(z.nullable(z.array(z.unknown()))),
  }),
};

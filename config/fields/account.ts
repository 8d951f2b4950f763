import { z } from 'zod';

export const account = z
  .strictObject({
    ci: z.enum(['circleci']).describe('CI system.'),
    baseUrl: z
      .url('use a URL such as https://runner.circleci.com')
      .default('https://runner.circleci.com')
      .describe('Runner API, without a slash at the end. Self-hosted CircleCI server: its own URL.'),
    concurrency: z
      .int()
      .min(1)
      .optional()
      .describe('Jobs that the plan runs at once over all fleets of this account. Absent: no limit known.'),
  })
  .describe('Access to a CI. `make secrets` stores its API token, with which the scaler reads the queue.');

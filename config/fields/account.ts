import { z } from 'zod';

const concurrency = z
  .int()
  .min(1)
  .optional()
  .describe('Jobs that the plan runs at once over all fleets of this account. Absent: no limit known.');

export const account = z
  .discriminatedUnion('ci', [
    z.strictObject({
      ci: z.literal('circleci').describe('CircleCI.'),
      baseUrl: z
        .url('use a URL such as https://runner.circleci.com')
        .default('https://runner.circleci.com')
        .describe('Runner API, without a slash at the end. Self-hosted CircleCI server: its own URL.'),
      concurrency,
    }),
    z.strictObject({
      ci: z.literal('gitlab').describe('GitLab.'),
      baseUrl: z
        .url('use a URL such as https://gitlab.com')
        .default('https://gitlab.com')
        .describe('GitLab, without a slash at the end. Self-managed: its own URL.'),
      concurrency,
      requestsPerMinute: z
        .int()
        .min(6)
        .max(10_000)
        // GitLab.com allows 600 requests a minute and user on projects/:id/jobs: half of that leaves room for others.
        .default(300)
        .describe(
          'Requests a minute that the API token may make, over all fleets of this account; they are polled as often as that allows.',
        ),
      webhook: z
        .boolean()
        .default(false)
        .describe(
          'Take job events at a function URL, which wake the scaler early. They decide nothing: without them jobs wait one poll longer.',
        ),
    }),
    z.strictObject({
      ci: z.literal('nomad').describe('Nomad.'),
      baseUrl: z
        .url('use a URL such as https://nomad.example.com:4646')
        .describe(
          'HTTP API of the Nomad servers, without a slash at the end. Fleets with `demand: none` do without: CircleCI server shows only its RPC port.',
        ),
      region: z
        .string()
        .regex(/^[A-Za-z0-9][\w.-]{0,63}$/, 'use the name of a region, such as global')
        .default('global')
        .describe("Nomad region: the servers' certificates are of it (server.<region>.nomad)."),
      concurrency,
    }),
    z.strictObject({
      ci: z.literal('github').describe('GitHub; for `githubEcs`, no fleet follows its queue.'),
      baseUrl: z
        .url('use a URL such as https://api.github.com')
        .default('https://api.github.com')
        .describe('REST API, without a slash at the end. GitHub Enterprise Server: https://HOSTNAME/api/v3.'),
    }),
  ])
  .describe(
    'Access to a CI. `make secrets` stores its API token, with which the scaler reads the queue (GitHub: with which the housekeeper removes runners).',
  );

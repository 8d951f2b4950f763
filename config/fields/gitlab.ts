import { z } from 'zod';

const project = z.string().regex(/^[\w.-]+(\/[\w.-]+)+$/, 'use the path in its URL, such as acme/app');
const group = z
  .string()
  .regex(/^[\w.-]+(\/[\w.-]+)*$/, 'use the path in its URL, such as acme or acme/tools');

export const gitlab = z
  .strictObject({
    runnerId: z
      .int()
      .min(1)
      .describe(
        'Number of the runner that GitLab shows when it is created. Its tags, whether it runs untagged jobs and whether it is protected are read from GitLab.',
      ),
    projects: z
      .array(project)
      .default([])
      .describe('Projects whose jobs the fleet serves, as paths (`acme/app`).'),
    groups: z
      .array(group)
      .default([])
      .describe(
        'Groups whose projects the fleet serves, subgroups included. Each project costs a request a poll.',
      ),
    executor: z
      .enum(['shell', 'docker'])
      .default('shell')
      .describe(
        'shell: jobs run on the instance as a user of their own. docker: in containers; needs `docker` rootless or rootful.',
      ),
    dockerImage: z
      .string()
      .regex(/^[\w@%+=:,./-]+$/, 'use the name of an image such as debian:13')
      .optional()
      .describe('Image of jobs that name none, with the docker executor.'),
  })
  .describe('What the fleet serves at GitLab. Needed with GitLab, and only there.');

import { z } from 'zod';
import { awsAccountId, awsRegion } from './names';

/** The AWS account of Debian (https://wiki.debian.org/Cloud/AmazonEC2Image). */
export const DEBIAN = '136693071363';

export const TOOLCHAINS = [
  'git',
  'build-essential',
  'docker',
  'node',
  'python',
  'java',
  'go',
  'rust',
] as const;

export const AGENTS = ['circleci', 'gitlab', 'nomad', 'ecs'] as const;

export const image = z
  .strictObject({
    base: z
      .strictObject({
        owner: z
          .string()
          .regex(
            /^(\d{12}|self|amazon|aws-marketplace)$/,
            'use 12 digits in quotes, self, amazon or aws-marketplace',
          )
          .default(DEBIAN)
          .describe('AWS account that publishes the base image. The default is Debian.'),
        name: z
          .string()
          .min(1)
          .default('debian-13-{arch}-*')
          .describe('Name filter of the base image; the newest is taken. `{arch}` becomes amd64 or arm64.'),
        user: z
          .string()
          .regex(/^[a-z_][a-z0-9_-]*$/, 'use a user name such as admin or ubuntu')
          .default('admin')
          .describe('User of the base image that may sudo; `ubuntu` for Ubuntu.'),
      })
      .prefault({})
      .describe('What the image is baked on.'),
    architecture: z.enum(['x86_64', 'arm64']).default('x86_64').describe('CPU architecture.'),
    agents: z.array(z.enum(AGENTS)).min(1).describe('CI agents in the image.'),
    toolchains: z
      .array(z.enum(TOOLCHAINS))
      .default(['git', 'build-essential'])
      .describe('What jobs find installed.'),
    diskGb: z
      .int()
      .min(8)
      .max(16384)
      .default(16)
      .describe('Root volume while baking, GB; no fleet can have less.'),
    keep: z
      .int()
      .min(2)
      .max(100)
      .default(5)
      .describe('Newest images that housekeeping keeps, beside all that are still in use.'),
    shareWith: z
      .array(awsAccountId)
      .default([])
      .describe('AWS accounts that may launch the promoted image, 12 digits in quotes each.'),
    copyTo: z.array(awsRegion).default([]).describe('Regions that a promoted image is copied to.'),
  })
  .describe('A machine image, baked by `make ami IMAGE=<name>`.');

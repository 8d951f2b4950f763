import { z } from 'zod';

export const nightly = z
  .strictObject({
    time: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'use HH:MM, from 00:00 to 23:59')
      .default('03:00')
      .describe('When to bake, HH:MM.'),
    timeZone: z.string().describe('IANA time zone of that time, such as Europe/Berlin.'),
    images: z.array(z.string()).optional().describe('Images to bake, keys of `images`. Absent: all.'),
    computeType: z
      .enum(['BUILD_GENERAL1_SMALL', 'BUILD_GENERAL1_MEDIUM', 'BUILD_GENERAL1_LARGE'])
      .default('BUILD_GENERAL1_SMALL')
      .describe('Size of the CodeBuild machine that runs Packer.'),
  })
  .describe(
    'Bakes fresh images every night, boots each, runs a job on it and promotes it only if that passed. Absent: no pipeline.',
  );

export const housekeeping = z
  .strictObject({
    images: z
      .enum(['dry-run', 'delete'])
      .default('dry-run')
      .describe(
        'What happens to images that nothing needs any more: only say so, or delete them with their snapshots.',
      ),
  })
  .describe('What the housekeeper tidies up.');

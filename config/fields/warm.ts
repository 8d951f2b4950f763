import { z } from 'zod';

const count = z.int().min(0);

export const warm = z
  .union([
    count.describe('As many at every hour.'),
    z
      .strictObject({
        timeZone: z.string().describe('IANA time zone of the hours, such as Europe/Berlin.'),
        hours: z
          .array(
            z.strictObject({
              from: z
                .string()
                .regex(/^([01]\d|2[0-3]):00$/, 'use a whole hour, from 00:00 to 23:00')
                .describe('From, HH:00.'),
              to: z
                .string()
                .regex(/^(0[1-9]|1\d|2[0-4]):00$/, 'use a whole hour, from 01:00 to 24:00')
                .describe('Until, HH:00; 24:00 is the end of the day.'),
              count: count.describe('Instances that wait.'),
            }),
          )
          .min(1)
          .describe('Hours of the day; none waits at any other.'),
      })
      .describe('By the hour of the day, where a number is not enough.'),
  ])
  .default(0)
  .describe(
    'Idle instances that wait online for jobs while the fleet is open; an idle one stays while no more than these are idle.',
  );

import { z } from 'zod';

const count = z.int().min(0);
const hour = z.string().regex(/^([01]\d|2[0-4]):00$/, 'use a whole hour, from 00:00 to 24:00');

export const warm = z
  .union([
    count.describe('As many at every hour.'),
    z
      .strictObject({
        timeZone: z.string().describe('IANA time zone of the hours, such as Europe/Berlin.'),
        hours: z
          .array(
            z.strictObject({
              from: hour.describe('From, HH:00.'),
              to: hour.describe('Until, HH:00; 24:00 is the end of the day.'),
              count: count.describe('Instances that wait.'),
            }),
          )
          .min(1)
          .describe('Hours of the day; none waits at any other.'),
      })
      .describe('By the hour of the day.'),
  ])
  .default(0)
  .describe(
    'Idle instances that wait online for jobs while the fleet is open; an idle one stays while no more than these are idle.',
  );

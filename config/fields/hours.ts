import { z } from 'zod';

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

const openingTime = z.strictObject({
  open: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'use HH:MM, from 00:00 to 23:59')
    .describe('Opens at, HH:MM.'),
  close: z
    .string()
    .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'use HH:MM, or 24:00 for midnight')
    .describe('Closes at, HH:MM; 24:00 is the end of the day.'),
});

export const hours = z
  .strictObject({
    timeZone: z
      .string()
      .describe('IANA time zone, such as Europe/Berlin. Times below are local times there.'),
    week: z
      // Two scheduled actions each, 125 for one group at most: eight a day are 112.
      .partialRecord(z.enum(WEEKDAYS), z.array(openingTime).max(8))
      .describe('Opening times of each weekday, `mon` to `sun`; a weekday that is missing is closed.'),
    holidays: z
      .array(z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'use YYYY-MM-DD'))
      .default([])
      .describe('Dates (YYYY-MM-DD) on which the fleet stays closed.'),
    outside: z
      .enum(['closed', 'on-demand'])
      .default('closed')
      .describe(
        'Outside hours: closed (no instance, jobs wait), or on-demand (no warm capacity, jobs still run).',
      ),
  })
  .describe('When the fleet is open. Absent: always.');

import { type Phase, toPhase } from '../../../../lambda/scaler/core/hours';
import type { Hours } from '../../../../lambda/scaler/settings';
import { WORKING_HOURS } from '../perfect';

const berlin: Partial<Hours> = { timeZone: 'Europe/Berlin' };
const cases: [rule: string, time: string, hours: Partial<Hours>, expected: Phase][] = [
  ['it is open in its hours', '2026-11-18T12:00:00Z', {}, 'open'],
  ['it is open from the very minute', '2026-11-18T08:00:00Z', {}, 'open'],
  ['it closes with the very minute', '2026-11-18T18:00:00Z', {}, 'closed'],
  ['it is open in the last second', '2026-11-18T17:59:59Z', {}, 'open'],
  ['a missing weekday is closed', '2026-11-21T12:00:00Z', {}, 'closed'],
  ['a holiday is closed', '2026-11-18T12:00:00Z', { holidays: ['2026-11-18'] }, 'closed'],
  ['a holiday does not open', '2026-11-18T07:57:00Z', { holidays: ['2026-11-18'] }, 'closed'],
  ['five minutes before opening it is about to open', '2026-11-18T07:55:00Z', {}, 'opening'],
  ['six minutes before opening it is closed', '2026-11-18T07:54:00Z', {}, 'closed'],
  ['outside hours it may work on demand', '2026-11-18T03:00:00Z', { outside: 'on-demand' }, 'on-demand'],
  ['an on-demand fleet has no opening', '2026-11-18T07:57:00Z', { outside: 'on-demand' }, 'on-demand'],
  ['hours are those of the time zone: winter', '2026-11-18T07:00:00Z', berlin, 'open'],
  ['hours are those of the time zone: summer', '2026-07-15T06:00:00Z', berlin, 'open'],
  ['hours are those of the time zone: before', '2026-07-15T05:50:00Z', berlin, 'closed'],
  [
    'a holiday is one in the time zone',
    '2026-11-17T23:30:00Z',
    { ...berlin, week: { wed: [{ open: '00:00', close: '24:00' }] }, holidays: ['2026-11-18'] },
    'closed',
  ],
  [
    '24:00 is the end of the day',
    '2026-11-18T23:59:59Z',
    { week: { wed: [{ open: '20:00', close: '24:00' }] } },
    'open',
  ],
  [
    'midnight begins at 00:00 of the next day',
    '2026-11-18T00:00:00Z',
    { week: { wed: [{ open: '00:00', close: '01:00' }] } },
    'open',
  ],
  [
    'a day may open twice',
    '2026-11-18T15:00:00Z',
    {
      week: {
        wed: [
          { open: '08:00', close: '12:00' },
          { open: '14:00', close: '16:00' },
        ],
      },
    },
    'open',
  ],
];

test.each(cases)('%s (%s)', (_rule, time, hours, expected) => {
  expect(toPhase({ ...WORKING_HOURS, ...hours }, Date.parse(time))).toBe(expected);
});

const SPRING = '2026-03-29';
const AUTUMN = '2026-10-25';
const always = [{ open: '00:00', close: '24:00' }];
/** In Berlin the hour from 02:00 is left out on the last Sunday of March, and comes twice on that of October. */
const sunday = (...times: [open: string, close: string][]): Partial<Hours> => ({
  ...berlin,
  week: { sun: times.map(([open, close]) => ({ open, close })) },
});
const changes: [rule: string, hours: Partial<Hours>, day: string, phases: [utc: string, phase: Phase][]][] = [
  [
    'spring: hours far from the change are those of the clock',
    sunday(['08:00', '18:00']),
    SPRING,
    [
      ['05:54', 'closed'],
      ['05:55', 'opening'],
      ['06:00', 'open'],
      ['15:59', 'open'],
      ['16:00', 'closed'],
    ],
  ],
  [
    'autumn: hours far from the change are those of the clock',
    sunday(['08:00', '18:00']),
    AUTUMN,
    [
      ['06:54', 'closed'],
      ['06:55', 'opening'],
      ['07:00', 'open'],
      ['16:59', 'open'],
      ['17:00', 'closed'],
    ],
  ],
  [
    'spring: an opening time that does not come is half an hour after where it would be',
    sunday(['02:30', '18:00']),
    SPRING,
    [
      ['00:54', 'closed'],
      ['00:55', 'opening'],
      ['01:00', 'opening'],
      ['01:29', 'opening'],
      ['01:30', 'open'],
      ['15:59', 'open'],
    ],
  ],
  [
    'spring: it opens when an action that does not come can have come',
    sunday(['03:00', '18:00']),
    SPRING,
    [
      ['01:00', 'opening'],
      ['01:59', 'opening'],
      ['02:00', 'open'],
    ],
  ],
  [
    'spring: five minutes later all is as always',
    sunday(['03:05', '18:00']),
    SPRING,
    [
      ['01:04', 'opening'],
      ['01:05', 'open'],
    ],
  ],
  [
    'spring: a closing time that does not come is when it is passed',
    sunday(['00:00', '02:30']),
    SPRING,
    [
      ['00:59', 'open'],
      ['01:00', 'closed'],
      ['01:30', 'closed'],
    ],
  ],
  [
    'autumn: an opening time that comes twice is the second, and between them nothing is closed',
    sunday(['02:30', '18:00']),
    AUTUMN,
    [
      ['00:24', 'closed'],
      ['00:25', 'opening'],
      ['00:30', 'opening'],
      ['01:10', 'opening'],
      ['01:29', 'opening'],
      ['01:30', 'open'],
      ['16:59', 'open'],
    ],
  ],
  [
    'autumn: a closing time that comes twice is the first, and it does not open again',
    sunday(['00:00', '02:30']),
    AUTUMN,
    [
      ['00:29', 'open'],
      ['00:30', 'closed'],
      ['01:00', 'closed'],
      ['01:29', 'closed'],
      ['01:31', 'closed'],
    ],
  ],
  [
    'autumn: who is open all the time stays it',
    { ...berlin, week: { sat: always, sun: always } },
    AUTUMN,
    [
      ['00:00', 'open'],
      ['00:30', 'open'],
      ['01:00', 'open'],
      ['01:30', 'open'],
      ['22:59', 'open'],
      ['23:00', 'closed'],
    ],
  ],
  [
    'spring: who is open all the time stays it',
    { ...berlin, week: { sat: always, sun: always } },
    SPRING,
    [
      ['00:59', 'open'],
      ['01:00', 'open'],
      ['01:59', 'open'],
      ['21:59', 'open'],
      ['22:00', 'closed'],
    ],
  ],
  [
    'where the clocks are changed at midnight, an opening then is the first minute of the day',
    { timeZone: 'America/Santiago', week: { sun: always } },
    '2026-09-06',
    [
      ['03:54', 'closed'],
      ['03:55', 'opening'],
      ['04:00', 'open'],
    ],
  ],
];

describe('when the clocks are changed', () => {
  test.each(changes)('%s', (_rule, given, day, phases) => {
    const hours = { ...WORKING_HOURS, ...given };
    expect(phases.map(([utc]) => [utc, toPhase(hours, Date.parse(`${day}T${utc}:00Z`))])).toEqual(phases);
  });
});

test('without hours a fleet is always open', () => {
  expect(toPhase(undefined, 0)).toBe('open');
});

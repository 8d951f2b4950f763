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

test('without hours a fleet is always open', () => {
  expect(toPhase(undefined, 0)).toBe('open');
});

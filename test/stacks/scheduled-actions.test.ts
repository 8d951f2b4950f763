import { toScheduledActions } from '../../stacks/fleet/scheduled-actions';
import { WORKING_HOURS } from './perfect-config';

const withWeek = (week: object) => ({ ...WORKING_HOURS, week });
const crons = (week: object) =>
  Object.fromEntries(toScheduledActions(withWeek(week), 2).map(({ name, recurrence }) => [name, recurrence]));

describe('scheduled actions', () => {
  test('close to nothing, and open to the warm size five minutes early', () => {
    expect(toScheduledActions(WORKING_HOURS, 2)).toEqual([
      { name: 'open-0625-mon-tue-wed-thu-fri', recurrence: '25 6 * * 1,2,3,4,5', desired: 2 },
      { name: 'close-1930-mon-tue-wed-thu-fri', recurrence: '30 19 * * 1,2,3,4,5', desired: 0 },
    ]);
  });

  describe('with warm capacity by the hour', () => {
    const openings = (timeZone: string) =>
      Object.fromEntries(
        toScheduledActions(
          withWeek({ mon: [{ open: '08:00', close: '12:00' }], tue: [{ open: '13:30', close: '18:00' }] }),
          {
            timeZone,
            hours: [
              { from: '07:00', to: '08:00', count: 5 },
              { from: '08:00', to: '13:00', count: 3 },
              { from: '20:00', to: '24:00', count: 1 },
            ],
          },
        )
          .filter(({ name }) => name.startsWith('open'))
          .map(({ name, desired }) => [name, desired]),
      );

    test('launch what waits at the opening, not five minutes before', () => {
      expect(openings('Europe/Berlin')).toEqual({ 'open-0755-mon': 3, 'open-1325-tue': 0 });
    });

    test('reckon in the time zone of the warm capacity', () => {
      // 08:00 in Berlin is 16:00 or 17:00 in Tokyo, 13:30 is 20:30 or 21:30.
      expect(openings('Asia/Tokyo')).toEqual({ 'open-0755-mon': 0, 'open-1325-tue': 1 });
    });

    test('launch the larger when a clock change makes the difference', () => {
      // 08:00 in Berlin is 07:00 in London all the year, and 06:00 or 07:00 in UTC.
      expect(openings('Europe/London')).toEqual({ 'open-0755-mon': 5, 'open-1325-tue': 3 });
      expect(openings('UTC')).toEqual({ 'open-0755-mon': 5, 'open-1325-tue': 3 });
    });
  });

  test('an on-demand fleet has none', () => {
    expect(toScheduledActions({ ...WORKING_HOURS, outside: 'on-demand' }, 2)).toEqual([]);
  });

  test('days with other times have actions of their own', () => {
    expect(
      crons({ mon: [{ open: '08:00', close: '18:00' }], sat: [{ open: '10:00', close: '14:00' }] }),
    ).toEqual({
      'open-0755-mon': '55 7 * * 1',
      'close-1800-mon': '0 18 * * 1',
      'open-0955-sat': '55 9 * * 6',
      'close-1400-sat': '0 14 * * 6',
    });
  });

  test('midnight as a close is the next day, and opening just after midnight is the day before', () => {
    expect(crons({ sat: [{ open: '00:03', close: '24:00' }] })).toEqual({
      'open-2358-fri': '58 23 * * 5',
      'close-0000-sun': '0 0 * * 0',
    });
  });

  test('hours that go on over midnight neither close nor open there', () => {
    expect(
      crons({ sun: [{ open: '20:00', close: '24:00' }], mon: [{ open: '00:00', close: '04:00' }] }),
    ).toEqual({
      'open-1955-sun': '55 19 * * 0',
      'close-0400-mon': '0 4 * * 1',
    });
  });

  test('the end of the week is followed by its beginning', () => {
    expect(
      crons({ sat: [{ open: '20:00', close: '24:00' }], sun: [{ open: '00:00', close: '04:00' }] }),
    ).toEqual({
      'open-1955-sat': '55 19 * * 6',
      'close-0400-sun': '0 4 * * 0',
    });
  });

  test('a break that is shorter than the early opening never shrinks a fleet at work', () => {
    expect(
      crons({
        mon: [
          { open: '08:00', close: '12:00' },
          { open: '12:04', close: '18:00' },
        ],
      }),
    ).toEqual({
      'open-0755-mon': '55 7 * * 1',
      'close-1200-mon': '0 12 * * 1',
      'close-1800-mon': '0 18 * * 1',
    });
  });

  test('a fleet that is always open is never closed', () => {
    const always = [{ open: '00:00', close: '24:00' }];
    const week = Object.fromEntries(
      ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, always]),
    );
    expect(crons(week)).toEqual({});
  });
});

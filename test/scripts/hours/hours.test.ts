import type { Hours, Warm } from '../../../lambda/scaler/settings';
import { planHours } from '../../../scripts/hours/plan-hours';
import { showHours } from '../../../scripts/hours/show-hours';

// Weeks in steps of minutes: fast alone, but the machine may be busy.

const workday = [{ open: '07:00', close: '19:00' }];

/** Open on five days from 7 to 19, two instances warm. Tests change one thing. */
const perfect: { name: string; hours: Hours; warm: Warm } = {
  name: 'linux',
  warm: 2,
  hours: {
    timeZone: 'Europe/Berlin',
    week: { mon: workday, tue: workday, wed: workday, thu: workday, fri: workday },
    holidays: [],
    outside: 'closed',
  },
};

const withHours = (hours: Partial<Hours>, warm: Warm = 2) => ({
  ...perfect,
  warm,
  hours: { ...perfect.hours, ...hours },
});

const plan = (fleet: typeof perfect, now: string, changes = 10) => planHours(fleet, Date.parse(now), changes);

/** '2026-10-26T06:00Z opens', for comparing in one go. */
const eventsOf = (fleet: typeof perfect, now: string, changes = 10) =>
  plan(fleet, now, changes).events.map(
    ({ at, kind }) => `${new Date(at).toISOString().slice(0, 16)}Z ${kind}`,
  );

test('the next openings and closings come in order', () => {
  expect(eventsOf(perfect, '2026-11-20T10:00:20Z', 4)).toEqual([
    '2026-11-20T18:00Z closes',
    '2026-11-23T06:00Z opens',
    '2026-11-23T18:00Z closes',
    '2026-11-24T06:00Z opens',
  ]);
});

test.each([
  {
    change: 'Berlin goes back',
    timeZone: 'Europe/Berlin',
    now: '2026-10-23T18:00:00Z',
    events: ['2026-10-25T01:00Z clocks', '2026-10-26T06:00Z opens', '2026-10-26T18:00Z closes'],
    jump: -60,
  },
  {
    change: 'Berlin goes forward',
    timeZone: 'Europe/Berlin',
    now: '2027-03-26T20:00:00Z',
    events: ['2027-03-28T01:00Z clocks', '2027-03-29T05:00Z opens', '2027-03-29T17:00Z closes'],
    jump: 60,
  },
  {
    change: 'New York goes back',
    timeZone: 'America/New_York',
    now: '2026-10-31T00:00:00Z',
    events: ['2026-11-01T06:00Z clocks', '2026-11-02T12:00Z opens', '2026-11-03T00:00Z closes'],
    jump: -60,
  },
  {
    change: 'New York goes forward',
    timeZone: 'America/New_York',
    now: '2027-03-13T01:00:00Z',
    events: ['2027-03-14T07:00Z clocks', '2027-03-15T11:00Z opens', '2027-03-15T23:00Z closes'],
    jump: 60,
  },
])('when $change, the fleet opens at the same time on the wall', ({ timeZone, now, events, jump }) => {
  const fleet = withHours({ timeZone });
  expect(eventsOf(fleet, now, 2)).toEqual(events);
  expect(plan(fleet, now, 2).events[0]).toMatchObject({ jump: jump * 60_000 });
});

test.each([
  // Open from 01:00 to 05:00: four hours by the clock.
  { night: 'that is longer', now: '2026-10-24T12:00:00Z', hours: 5 },
  { night: 'that is shorter', now: '2027-03-27T12:00:00Z', hours: 3 },
  { night: 'like others', now: '2026-11-21T12:00:00Z', hours: 4 },
])('a night $night is counted as it is', ({ now, hours }) => {
  const fleet = withHours({ week: { sun: [{ open: '01:00', close: '05:00' }] } });
  expect(plan(fleet, now)).toMatchObject({ open: 240, closed: 9840, comingOpen: hours * 60 });
});

test('an opening in the hour that comes twice is the second, as the scaler has it', () => {
  const fleet = withHours({ week: { sun: [{ open: '02:30', close: '04:00' }] } });
  expect(eventsOf(fleet, '2026-10-24T12:00:00Z', 2)).toEqual([
    '2026-10-25T01:00Z clocks',
    '2026-10-25T01:30Z opens',
    '2026-10-25T03:00Z closes',
  ]);
});

test('an opening in the hour that is missing comes an hour later by the wall clock, as the scaler has it', () => {
  const fleet = withHours({ week: { sun: [{ open: '02:30', close: '04:00' }] } });
  expect(eventsOf(fleet, '2027-03-27T12:00:00Z', 2)).toEqual([
    '2027-03-28T01:00Z clocks',
    '2027-03-28T01:30Z opens',
    '2027-03-28T02:00Z closes',
  ]);
});

test('hours of odd minutes are found to the minute', () => {
  const fleet = withHours({ timeZone: 'Asia/Kathmandu', week: { mon: [{ open: '09:07', close: '17:58' }] } });
  expect(eventsOf(fleet, '2026-11-22T12:00:11Z', 2)).toEqual([
    '2026-11-23T03:22Z opens',
    '2026-11-23T12:13Z closes',
  ]);
  expect(plan(fleet, '2026-11-22T12:03:11Z')).toMatchObject({ comingOpen: 8 * 60 + 51 });
});

test('on a holiday it does not open, and that is shown', () => {
  const fleet = withHours({ holidays: ['2026-12-25', '2026-12-26'] });
  expect(eventsOf(fleet, '2026-12-24T12:00:00Z', 2)).toEqual([
    '2026-12-24T18:00Z closes',
    // The 26th is a Saturday, on which it stays closed anyway.
    '2026-12-24T23:00Z holiday',
    '2026-12-28T06:00Z opens',
  ]);
  expect(plan(fleet, '2026-12-21T00:00:00Z')).toMatchObject({ open: 3600, comingOpen: 2880 });
});

test('midnight between two openings is no change', () => {
  const fleet = withHours({
    week: { mon: [{ open: '22:00', close: '24:00' }], tue: [{ open: '00:00', close: '06:00' }] },
  });
  expect(eventsOf(fleet, '2026-11-22T12:00:00Z', 2)).toEqual([
    '2026-11-23T21:00Z opens',
    '2026-11-24T05:00Z closes',
  ]);
});

test('what waits is counted while the fleet is open, and in the five minutes before', () => {
  const { comingWarm, comingWarmAlways } = plan(perfect, '2026-11-20T20:00:00Z');
  expect(comingWarm).toBeCloseTo(5 * 2 * (12 + 5 / 60), 5);
  expect(comingWarmAlways).toBe(336);
});

test('warm capacity by the hour is that of its own time zone', () => {
  const byHour = Array.from({ length: 24 }, (_, hour) => (hour >= 8 && hour < 12 ? 3 : 0));
  const fleet = withHours({}, { timeZone: 'America/New_York', byHour });
  // 8 to 12 in New York is 14 to 18 in Berlin, within the hours.
  expect(plan(fleet, '2026-11-20T20:00:00Z')).toMatchObject({ comingWarm: 60, comingWarmAlways: 84 });
  expect(showHours(fleet, plan(fleet, '2026-11-20T20:00:00Z'))).toContain(
    '00:00-08:00 0, 08:00-12:00 3, 12:00-24:00 0 (America/New_York)',
  );
});

test('a fleet that never changes says so', () => {
  const allDay = [{ open: '00:00', close: '24:00' }];
  const week = { mon: allDay, tue: allDay, wed: allDay, thu: allDay, fri: allDay, sat: allDay, sun: allDay };
  const fleet = withHours({ week });
  expect(plan(fleet, '2026-11-20T20:00:00Z')).toMatchObject({ events: [], closed: 0, comingOpen: 10_080 });
  expect(showHours(fleet, plan(fleet, '2026-11-20T20:00:00Z'))).toContain('neither opens nor closes');
});

test('a change of the clock is visible in the offset of the times after it', () => {
  const text = showHours(perfect, plan(perfect, '2026-10-23T12:00:00Z', 2));
  expect(text.split('\n').slice(1, 4)).toEqual([
    '  Fri 2026-10-23 19:00 UTC+02:00  closes',
    '  Sun 2026-10-25 02:00 UTC+01:00  the clocks have gone back by 60 min',
    '  Mon 2026-10-26 07:00 UTC+01:00  opens, with 2 warm',
  ]);
  expect(text).toContain('open 60 h, closed 108 h, which is 64.3 %');
});

test('a zone behind UTC by half hours is shown as such', () => {
  const fleet = withHours({ timeZone: 'America/St_Johns' });
  expect(showHours(fleet, plan(fleet, '2026-11-20T20:00:00Z', 1))).toContain('UTC-03:30  closes');
});

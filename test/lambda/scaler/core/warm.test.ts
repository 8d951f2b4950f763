import { toStaying, toWarm } from '../../../../lambda/scaler/core/warm';
import { WORKING_HOURS } from '../perfect';

/** As many as the hour says. */
const HOURLY = { timeZone: 'Europe/Berlin', byHour: Array.from({ length: 24 }, (_, hour) => hour) };
const at = (text: string) => Date.parse(text);

test('a number is as many at every hour', () => {
  expect(toWarm(3, at('2026-11-18T03:00:00Z'))).toBe(3);
});
test.each<[what: string, time: string, warm: number]>([
  ['in winter', '2026-11-18T07:00:00Z', 8],
  ['in summer', '2026-07-15T07:00:00Z', 9],
  ['to the last second of an hour', '2026-11-18T07:59:59Z', 8],
  ['at midnight', '2026-11-17T23:00:00Z', 0],
  ['spring: before the hour that is left out', '2026-03-29T00:59:59Z', 1],
  ['spring: after it', '2026-03-29T01:00:00Z', 3],
  ['autumn: the first time', '2026-10-25T00:30:00Z', 2],
  ['autumn: the second time', '2026-10-25T01:30:00Z', 2],
  ['autumn: after it', '2026-10-25T02:00:00Z', 3],
])('by the hour of the time zone, %s', (_what, time, warm) => {
  expect(toWarm(HOURLY, at(time))).toBe(warm);
});
test('in a zone that is half an hour off', () => {
  const warm = { ...HOURLY, timeZone: 'Asia/Kolkata' };
  expect([toWarm(warm, at('2026-11-18T02:29:00Z')), toWarm(warm, at('2026-11-18T02:30:00Z'))]).toEqual([
    7, 8,
  ]);
});

test.each<[what: string, time: string, staying: number]>([
  ['none stays in a closed fleet', '2026-11-18T07:54:59Z', 0],
  ['as many as at the opening time stay before it', '2026-11-18T07:55:00Z', 8],
  ['and in the last minute before it', '2026-11-18T07:59:59Z', 8],
  ['as many as the hour says stay in an open fleet', '2026-11-18T09:00:00Z', 9],
  ['none stays from the closing time on', '2026-11-18T18:00:00Z', 0],
])('%s', (_what, time, staying) => {
  expect(toStaying({ warm: { ...HOURLY, timeZone: 'UTC' }, hours: WORKING_HOURS }, at(time))).toBe(staying);
});
test('none stays outside hours in a fleet that works on demand', () => {
  const hours = { ...WORKING_HOURS, outside: 'on-demand' as const };
  expect(toStaying({ warm: 2, hours }, at('2026-11-18T07:59:00Z'))).toBe(0);
  expect(toStaying({ warm: 2, hours }, at('2026-11-18T08:00:00Z'))).toBe(2);
});
test('the opening time counts, not five minutes after it', () => {
  const hours = { ...WORKING_HOURS, week: { wed: [{ open: '07:58', close: '18:00' }] } };
  const warm = { ...HOURLY, timeZone: 'UTC' };
  expect(toStaying({ warm, hours }, at('2026-11-18T07:55:00Z'))).toBe(7);
});

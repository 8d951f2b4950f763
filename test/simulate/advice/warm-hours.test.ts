import { type Frame, toGrowth } from '../../../simulate/advice/growth';
import { toOpenDays } from '../../../simulate/advice/open-days';
import { toIdleNeeded, toWarmHours } from '../../../simulate/advice/warm-hours';
import type { Job } from '../../../simulate/trace';
import { MONDAY } from '../perfect-plan';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const FRAME: Frame = { stretch: 60, timeZone: 'UTC', hours: undefined, isReused: false, slots: 1 };

/** So many jobs at once, at an hour (UTC) of each of these days, counted from Monday. */
const jobsAt = (hour: number, count: number, days: readonly number[]): Job[] =>
  days.flatMap((day) =>
    Array.from({ length: count }, () => ({ submitted: MONDAY + day * DAY + hour * HOUR, duration: 300 })),
  );
const WORKDAYS = [0, 1, 2, 3, 4];
const WEEK = [...WORKDAYS, 5, 6];
/** The hours that have some, and how many. */
const toCounts = (byHour: readonly number[]) =>
  Object.fromEntries(byHour.flatMap((count, hour) => (count > 0 ? [[hour, count]] : [])));
const warmOf = (jobs: readonly Job[], every: number, frame: Partial<Frame> = {}, most = 100) =>
  toCounts(toWarmHours(toGrowth(jobs, { ...FRAME, ...frame }), every, most));

describe('warm by the hour', () => {
  const jobs = jobsAt(9, 4, WORKDAYS);

  it('is what comes at once, in the hour in which it comes and beside it', () => {
    expect(warmOf(jobs, 4)).toEqual({ 8: 4, 9: 4, 10: 4 });
  });

  it('is none where one would get a job too seldom', () => {
    // Four at once on five mornings: each has one job in thirteen hours at or beside nine, less than one in two.
    expect(warmOf(jobs, 2)).toEqual({});
  });

  it('is none when none is asked for', () => expect(warmOf(jobs, 0)).toEqual({}));

  it('is in the hours of its time zone', () => {
    expect(warmOf(jobs, 4, { timeZone: 'Europe/Berlin' })).toEqual({ 9: 4, 10: 4, 11: 4 });
    expect(warmOf(jobs, 4, { timeZone: 'America/New_York' })).toEqual({ 3: 4, 4: 4, 5: 4 });
  });

  it('is at most the maximum', () => expect(warmOf(jobs, 4, {}, 3)).toEqual({ 8: 3, 9: 3, 10: 3 }));

  it('counts instances, not jobs, where they run several at once', () => {
    expect(warmOf(jobs, 4, { slots: 3 })).toEqual({ 8: 2, 9: 2, 10: 2 });
  });

  it('counts what ends within the stretch against what comes, where instances are reused', () => {
    // Those of five minutes before end in the same minute.
    const earlier = jobs.map((job) => ({ ...job, submitted: job.submitted - 300_000 }));
    const both = [...earlier, ...jobs].sort((one, other) => one.submitted - other.submitted);
    const at = MONDAY + 9 * HOUR;
    const countAt = (isReused: boolean) => toGrowth(both, { ...FRAME, isReused })[new Date(at).getUTCHours()];
    expect(countAt(false)?.grown).toEqual([4, 4, 4, 4, 4]);
    expect(countAt(true)?.grown).toEqual([]);
  });

  it('days on which the fleet has none waiting are not paid, and ask for none', () => {
    const week = [...jobs, ...jobsAt(12, 2, [5, 6])].sort((one, other) => one.submitted - other.submitted);
    const hours = {
      timeZone: 'UTC',
      week: Object.fromEntries(
        ['mon', 'tue', 'wed', 'thu', 'fri'].map((day) => [day, [{ open: '00:00', close: '24:00' }]]),
      ),
      holidays: [],
      outside: 'on-demand' as const,
    };
    expect(toGrowth(week, { ...FRAME, hours })[12]).toEqual({ times: 5, grown: [] });
    expect(toGrowth(week, FRAME)[12]).toEqual({ times: 7, grown: [2, 2] });
  });
});

describe('days of the week that instances wait on', () => {
  const open = (jobs: readonly Job[], timeZone = 'UTC') =>
    Object.keys(toOpenDays(jobs, timeZone)?.week ?? {}).sort();

  it('are those with a quarter of what the busiest has', () => {
    const jobs = [...jobsAt(9, 8, WORKDAYS), ...jobsAt(9, 2, [5]), ...jobsAt(9, 1, [6])];
    expect(open(jobs)).toEqual(['fri', 'mon', 'sat', 'thu', 'tue', 'wed']);
  });

  it('are all when they are alike', () => expect(toOpenDays(jobsAt(9, 3, WEEK), 'UTC')).toBeUndefined());

  it('are also those that the trace does not have', () => {
    expect(toOpenDays(jobsAt(9, 3, [0]), 'UTC')).toBeUndefined();
    // Wednesday is between them and had none.
    expect(open(jobsAt(9, 3, [1, 3]))).toEqual(['fri', 'mon', 'sat', 'sun', 'thu', 'tue']);
  });

  it('begin and end at midnight of the time zone', () => {
    const late = jobsAt(23, 4, [0, 1, 2, 3, 6]);
    expect(open(late)).not.toContain('sat');
    // In Tokyo it is the next morning.
    expect(open(late, 'Asia/Tokyo')).toContain('fri');
    expect(open(late, 'Asia/Tokyo')).toContain('mon');
    expect(open(late, 'Asia/Tokyo')).not.toContain('sun');
  });

  it('let jobs run on the others', () => {
    expect(toOpenDays([...jobsAt(9, 8, WORKDAYS), ...jobsAt(9, 1, [6])], 'UTC')?.outside).toBe('on-demand');
  });
});

describe('the fewest idle hours that meet a share of the jobs', () => {
  const none = { times: 10, grown: [] };
  const byHour = [{ times: 10, grown: [3, 1] }, none];

  it('all of them need what came at most', () => {
    expect(toIdleNeeded(byHour, 4, 1)).toEqual({ most: 3, instanceHours: 30 });
  });

  it('half of them need the instance that meets most', () => {
    expect(toIdleNeeded(byHour, 4, 0.5)).toEqual({ most: 1, instanceHours: 10 });
  });

  it('an hour that is paid for less often comes first', () => {
    const two = [
      { times: 10, grown: [1] },
      { times: 5, grown: [1] },
    ];
    expect(toIdleNeeded(two, 2, 0.5)).toEqual({ most: 1, instanceHours: 5 });
  });

  it('jobs that meet what has just become free need none', () => {
    expect(toIdleNeeded(byHour, 8, 0.5)).toEqual({ most: 0, instanceHours: 0 });
  });
});

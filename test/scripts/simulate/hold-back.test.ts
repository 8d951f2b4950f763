import { holdBack, readJobs } from '../../../scripts/simulate/read-jobs';
import { readOptions } from '../../../scripts/simulate/read-options';
import { jobAt } from '../../simulate/perfect-plan';

const DAY = 86_400;
/** One job a day. */
const daily = (days: number) => Array.from({ length: days + 1 }, (_, day) => jobAt(day * DAY));
const TRACE = readOptions({ TRACE: 'trace.csv' });

it.each([
  { days: 14, seen: 7 },
  { days: 30, seen: 23 },
])('of a trace of $days days the last seven are held back', ({ days, seen }) => {
  const jobs = daily(days);
  expect(holdBack(TRACE, jobs)).toEqual({
    jobs: jobs.slice(0, seen),
    unseen: { jobs: jobs.slice(seen), source: expect.stringContaining('trace.csv') },
  });
});

it('of a shorter one nothing is, or little would be left to learn from', () => {
  const jobs = daily(13);
  expect(holdBack(TRACE, jobs)).toEqual({ jobs });
});

it('a made-up week is held against another one of its kind', () => {
  const options = readOptions({ JOBS: '500', SEED: '7' });
  const { jobs } = readJobs(options, 'linux');
  const { jobs: seen, unseen } = holdBack(options, jobs);
  expect(seen).toBe(jobs);
  expect(unseen?.jobs).toEqual(readJobs(readOptions({ JOBS: '500', SEED: '8' }), 'linux').jobs);
  expect(unseen?.jobs).not.toEqual(jobs);
});

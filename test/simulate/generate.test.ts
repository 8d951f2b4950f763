import { generateJobs, type Profile, WORKING_WEEK } from '../../simulate/generate';
import type { Job } from '../../simulate/trace';
import { MONDAY } from './perfect-plan';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const generate = (deviation: Partial<Profile> = {}, days = 7, seed = 1) =>
  generateJobs({ ...WORKING_WEEK, ...deviation }, MONDAY, days, seed);
const hourOf = ({ submitted }: Job) => new Date(submitted).getUTCHours();
const dayOf = ({ submitted }: Job) => new Date(submitted).getUTCDay();
const isWeekend = (job: Job) => dayOf(job) % 6 === 0;
/** Each alone, so that chance makes little difference. */
const ALONE = { inBursts: 0, jobsPerWeek: 50_000 };
const jobsAlone = generate(ALONE);

test('the same seed makes the same jobs, another one others', () => {
  expect(generate({}, 1, 7)).toEqual(generate({}, 1, 7));
  expect(generate({}, 1, 8)).not.toEqual(generate({}, 1, 7));
});

test('jobs are in the order of submission, within their days and at least a second long', () => {
  const jobs = generate();
  expect(jobs).toEqual([...jobs].sort((one, other) => one.submitted - other.submitted));
  expect(jobs[0]?.submitted).toBeGreaterThanOrEqual(MONDAY);
  // A burst of the last hour goes on for as long as a burst does.
  expect(jobs.at(-1)?.submitted).toBeLessThan(MONDAY + 7 * DAY + WORKING_WEEK.burst.seconds * 1000);
  expect(Math.min(...jobs.map(({ duration }) => duration))).toBeGreaterThanOrEqual(1);
});

test.each([
  [10_000, 0, 0.05],
  [10_000, 0.5, 0.1],
  [10_000, 1, 0.15],
  [50_000, 0.5, 0.05],
])('a week of %d jobs, %d of them in bursts, has about so many', (jobsPerWeek, inBursts, error) => {
  const { length } = generate({ jobsPerWeek, inBursts });
  expect(Math.abs(length / jobsPerWeek - 1)).toBeLessThan(error);
});

test('four weeks have four times as many as one, a working day more than a seventh', () => {
  const one = jobsAlone.length;
  expect(generate(ALONE, 28).length / one).toBeCloseTo(4, 1);
  expect(generate(ALONE, 1).length / one).toBeGreaterThan(1 / 6);
});

test('each hour of a weekday has its share', () => {
  const hours = jobsAlone.filter((job) => !isWeekend(job)).map(hourOf);
  const { weekday } = WORKING_WEEK;
  const sum = weekday.reduce((total, share) => total + share, 0);
  weekday.forEach((share, hour) => {
    const found = hours.filter((one) => one === hour).length / hours.length;
    expect(Math.abs(found - share / sum)).toBeLessThan(0.005);
  });
});

test('a day at the weekend has its share of a weekday', () => {
  const on = (day: number) => jobsAlone.filter((job) => dayOf(job) === day).length;
  expect(on(6) / on(2)).toBeCloseTo(1 / 20, 2);
  expect(on(0) / on(2)).toBeCloseTo(1 / 20, 2);
});

test('an hour without a share has no job', () => {
  const weekday = WORKING_WEEK.weekday.map((share, hour) => (hour === 12 ? 0 : share));
  expect(generate({ ...ALONE, weekday, weekend: weekday }).filter((job) => hourOf(job) === 12)).toEqual([]);
});

test('durations have the median and the p95 that they are given', () => {
  const durations = jobsAlone.map(({ duration }) => duration).sort((one, other) => one - other);
  const { median, p95 } = WORKING_WEEK.duration;
  expect((durations[Math.floor(durations.length / 2)] ?? 0) / median).toBeCloseTo(1, 1);
  expect((durations[Math.floor(durations.length * 0.95)] ?? 0) / p95).toBeCloseTo(1, 1);
});

/** Groups of jobs with no more than half a minute from one to the next. */
function toGroups(jobs: readonly Job[]): number[] {
  const groups: number[] = [];
  jobs.forEach(({ submitted }, index) => {
    const before = jobs[index - 1]?.submitted ?? -Infinity;
    if (submitted - before > 30_000) groups.push(0);
    groups.push((groups.pop() ?? 0) + 1);
  });
  return groups;
}

test('bursts have from the least to the most jobs, all within their seconds', () => {
  // So few that hardly two of them meet.
  const jobs = generate({ inBursts: 1, jobsPerWeek: 2_000 }, 70);
  const groups = toGroups(jobs);
  const { least, most } = WORKING_WEEK.burst;
  const alone = groups.filter((count) => count >= least && count <= most);
  expect(Math.min(...groups)).toBeGreaterThanOrEqual(least);
  expect(alone.length / groups.length).toBeGreaterThan(0.85);
  expect(Math.min(...alone)).toBeLessThan(least + 5);
  expect(alone.reduce((sum, count) => sum + count, 0) / alone.length).toBeCloseTo((least + most) / 2, -1);
});

test('without bursts hardly a job has ten others within half a minute', () => {
  const groups = toGroups(generate({ inBursts: 0, jobsPerWeek: 2_000 }));
  expect(Math.max(...groups)).toBeLessThan(WORKING_WEEK.burst.least);
});

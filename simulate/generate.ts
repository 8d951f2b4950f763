/** Jobs that nobody ran: a working week by weekday and hour, with bursts. */
import { createRandom, type Spread } from './random';
import type { Job } from './trace';

export interface Profile {
  /** Jobs in a week, on average. */
  jobsPerWeek: number;
  /** Of the jobs that many come in bursts. */
  inBursts: number;
  /** Jobs of one burst: a merge that starts a whole pipeline. */
  burst: { least: number; most: number; seconds: number };
  duration: Spread;
  /** How much comes in each hour of a weekday, and of a day at the weekend; only the proportions matter. */
  weekday: readonly number[];
  weekend: readonly number[];
}

/** People arrive from eight on, lunch, and leave from five on; schedules run at night. */
const WEEKDAY = [1, 1, 2, 1, 1, 1, 3, 8, 22, 40, 48, 46, 32, 38, 48, 48, 42, 28, 14, 8, 5, 4, 2, 2];
const WEEKEND = WEEKDAY.map((share) => share / 20);

/** When made-up weeks begin, UTC. */
export const MONDAY = Date.UTC(2026, 0, 5);

export const WORKING_WEEK: Profile = {
  jobsPerWeek: 10_000,
  inBursts: 0.5,
  burst: { least: 10, most: 60, seconds: 30 },
  duration: { median: 240, p95: 900 },
  weekday: WEEKDAY,
  weekend: WEEKEND,
};

const HOUR = 3600;

/**
 * @param from the first moment, milliseconds since 1970 (UTC hours and weekdays)
 * @returns in the order of submission
 */
export function generateJobs(profile: Profile, from: number, days: number, seed: number): Job[] {
  const random = createRandom(seed, 'jobs');
  const hours = Array.from({ length: days * 24 }, (_, hour) => from + hour * HOUR * 1000);
  const share = (at: number) => {
    const date = new Date(at);
    const isWeekend = date.getUTCDay() % 6 === 0;
    return (isWeekend ? profile.weekend : profile.weekday)[date.getUTCHours()] ?? 0;
  };
  const sum = (shares: readonly number[]) => shares.reduce((total, one) => total + one, 0);
  const week = 5 * sum(profile.weekday) + 2 * sum(profile.weekend);
  const jobs: Job[] = [];
  const add = (submitted: number) =>
    jobs.push({ submitted, duration: Math.max(1, random.skewed(profile.duration)) });
  const size = (profile.burst.least + profile.burst.most) / 2;

  for (const hour of hours) {
    const expected = (profile.jobsPerWeek * share(hour)) / week;
    meet(random.wait.bind(random), expected * (1 - profile.inBursts), (at) => add(hour + at));
    meet(random.wait.bind(random), (expected * profile.inBursts) / size, (at) => {
      const count = Math.round(random.between(profile.burst.least - 0.5, profile.burst.most + 0.5));
      for (let job = 0; job < count; job += 1)
        add(hour + at + random.between(0, profile.burst.seconds) * 1000);
    });
  }
  return jobs.sort((one, other) => one.submitted - other.submitted);
}

/** Poisson events within an hour. */
function meet(wait: (rate: number) => number, perHour: number, event: (milliseconds: number) => void): void {
  for (let at = wait(perHour); at < 1; at += wait(perHour)) event(at * HOUR * 1000);
}

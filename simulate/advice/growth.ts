/** How much more is needed within the time that a launch takes: what idle instances would have to be there for. */
import { toPhase } from '../../lambda/scaler/core/hours';
import { toWall } from '../../lambda/scaler/core/time-zone';
import type { FleetSettings } from '../../lambda/scaler/settings';
import type { Job } from '../trace';

export interface Frame {
  /** Seconds until a launch helps: what comes sooner meets what is there. */
  stretch: number;
  timeZone: string;
  /** Nothing waits while the fleet is not open. */
  hours: FleetSettings['hours'];
  /** Instances that end a job serve the next one: what ends within a stretch counts against what comes. */
  isReused: boolean;
  /** Jobs that one instance runs at once. */
  slots: number;
}

/** One hour of the day in the frame's time zone. */
export interface HourGrowth {
  /** How often the trace has this hour, with the fleet open. */
  times: number;
  /** Instances by which the need grew within a stretch, the most first; none for a stretch in which it did not. */
  grown: number[];
}

const HOUR_MS = 3_600_000;

export function toGrowth(
  jobs: readonly Job[],
  { stretch, timeZone, hours, isReused, slots }: Frame,
): HourGrowth[] {
  const byHour = Array.from({ length: 24 }, (): HourGrowth => ({ times: 0, grown: [] }));
  const hourAt = (at: number) => byHour[new Date(toWall(timeZone, at)).getUTCHours()];
  const isOpen = (at: number) => toPhase(hours, at) === 'open';
  const first = jobs[0]?.submitted ?? 0;
  const last = jobs.at(-1)?.submitted ?? first - HOUR_MS;
  for (let at = Math.floor(first / HOUR_MS) * HOUR_MS; at <= last; at += HOUR_MS) {
    const hour = hourAt(at);
    if (hour && isOpen(at)) hour.times += 1;
  }
  for (const [at, jobsMore] of toNet(jobs, stretch * 1000, isReused))
    if (jobsMore > 0 && at <= last && isOpen(at)) hourAt(at)?.grown.push(Math.ceil(jobsMore / slots));
  for (const { grown } of byHour) grown.sort((one, other) => other - one);
  return byHour;
}

/** By the start of the stretch: jobs that came, less those that ended had each begun at once. */
function toNet(jobs: readonly Job[], stretch: number, isReused: boolean): Map<number, number> {
  const net = new Map<number, number>();
  const add = (at: number, more: number) => {
    const start = Math.floor(at / stretch) * stretch;
    net.set(start, (net.get(start) ?? 0) + more);
  };
  for (const { submitted, duration } of jobs) {
    add(submitted, 1);
    if (isReused) add(submitted + duration * 1000, -1);
  }
  return net;
}

/** Jobs at once, had each begun at once. */
export function toPeak(jobs: readonly Job[]): number {
  const steps = jobs
    .flatMap(({ submitted, duration }) => [
      { at: submitted, by: 1 },
      { at: submitted + duration * 1000, by: -1 },
    ])
    .sort((one, other) => one.at - other.at || one.by - other.by);
  let now = 0;
  let most = 0;
  for (const { by } of steps) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
}

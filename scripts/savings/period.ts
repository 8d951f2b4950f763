/** A stretch of time in steps of one length, all of them whole: pure. Times are milliseconds since 1970. */
import { toPhase } from '../../lambda/scaler/core/hours';
import type { Hours } from '../../lambda/scaler/settings';

export interface Period {
  from: number;
  /** The end of the last step. */
  to: number;
  step: number;
}

/** A stretch without data. */
export interface Gap {
  from: number;
  to: number;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** CloudWatch keeps values of five minutes for 63 days, those of one minute for 15 only. */
export const STEP = 5 * MINUTE;
export const MOST_DAYS = 63;
/** What was published takes so long to be seen: without it the last step would look like a gap. */
const LATE = 2 * MINUTE;

/** The last days up to the last step that is complete; on the clock's five minutes, as AWS groups its data. */
export function toPeriod(now: number, days: number): Period {
  const to = Math.floor((now - LATE) / STEP) * STEP;
  return { from: to - days * DAY, to, step: STEP };
}

export const toSteps = ({ from, to, step }: Period): number[] =>
  Array.from({ length: Math.round((to - from) / step) }, (_, index) => from + index * step);

export function findGaps(series: ReadonlyMap<number, unknown>, period: Period): Gap[] {
  const gaps: Gap[] = [];
  for (const at of toSteps(period)) {
    if (series.has(at)) continue;
    const last = gaps.at(-1);
    if (last?.to === at) last.to = at + period.step;
    else gaps.push({ from: at, to: at + period.step });
  }
  return gaps;
}

/** The steps in whose middle the fleet is closed. `on-demand` is not: jobs still run, and only those have instances. */
export function findClosed(hours: Hours | undefined, period: Period): ReadonlySet<number> {
  if (hours?.outside !== 'closed') return new Set();
  const isClosed = (at: number) => toPhase(hours, at + period.step / 2) !== 'open';
  return new Set(toSteps(period).filter(isClosed));
}

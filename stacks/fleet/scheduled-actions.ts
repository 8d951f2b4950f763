/** From opening times to the scheduled actions of a group: pure. */
import type { FleetConfig, WarmConfig } from '../../config/schema';
import { toWarmAt } from '../warm-hours';

export interface ScheduledAction {
  /** Such as `close-1930-mon-tue`. */
  name: string;
  /** Five-field cron in the time zone of the hours. */
  recurrence: string;
  desired: number;
}

type Hours = NonNullable<FleetConfig['hours']>;
type Moment = { kind: 'open' | 'close'; minute: number };

/** In cron's order: Sunday is 0. */
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const DAY = 24 * 60;
const WEEK = 7 * DAY;

/**
 * Opening comes early: the fleet is still closed then, so an action that AWS fires late (2 min at most)
 * can never shrink a fleet that has begun to grow.
 */
const EARLY_MINUTES = 5;

export function toScheduledActions(hours: Hours, warm: WarmConfig): ScheduledAction[] {
  // An on-demand fleet is never shut by the clock.
  if (hours.outside === 'on-demand') return [];
  const open = toOpenMinutes(hours);
  const moments: Moment[] = [];
  for (let minute = 0; minute < WEEK; minute++) {
    const wasOpen = open.has((minute + WEEK - 1) % WEEK);
    if (wasOpen && !open.has(minute)) moments.push({ kind: 'close', minute });
    // After a break that is shorter, the scaler opens the fleet by itself.
    const before = Array.from({ length: EARLY_MINUTES }, (_, i) => (minute + WEEK - 1 - i) % WEEK);
    if (open.has(minute) && !before.some((earlier) => open.has(earlier))) {
      moments.push({ kind: 'open', minute: (minute + WEEK - EARLY_MINUTES) % WEEK });
    }
  }
  const byTime = new Map<string, Moment[]>();
  for (const moment of moments) {
    const time = `${moment.kind} ${moment.minute % DAY}`;
    byTime.set(time, [...(byTime.get(time) ?? []), moment]);
  }
  return [...byTime.values()].map((same) =>
    toAction(same, (minute) => toWarmAt(warm, minute, hours.timeZone)),
  );
}

function toOpenMinutes({ week }: Hours): Set<number> {
  const open = new Set<number>();
  DAYS.forEach((day, index) => {
    for (const time of week[day] ?? []) {
      const end = index * DAY + toMinute(time.close);
      for (let minute = index * DAY + toMinute(time.open); minute < end; minute++) open.add(minute);
    }
  });
  return open;
}

/** @param warmAt what waits at a minute of the day */
function toAction(moments: Moment[], warmAt: (minute: number) => number): ScheduledAction {
  const [first] = moments;
  if (!first) throw new Error('A scheduled action needs a moment.');
  const days = moments.map(({ minute }) => Math.floor(minute / DAY)).sort();
  const time = first.minute % DAY;
  const [hour, minute] = [Math.floor(time / 60), time % 60];
  const clock = `${hour}`.padStart(2, '0') + `${minute}`.padStart(2, '0');
  return {
    name: [first.kind, clock, ...days.map((day) => DAYS[day])].join('-'),
    recurrence: `${minute} ${hour} * * ${days.join(',')}`,
    // What waits when the fleet opens, not when the action fires.
    desired: first.kind === 'open' ? warmAt((time + EARLY_MINUTES) % DAY) : 0,
  };
}

function toMinute(time: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return hour * 60 + minute;
}

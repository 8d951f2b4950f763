/** When a fleet opens and closes, and what that saves: pure, by the one rule that the scaler itself follows. */
import { toPhase } from '../../lambda/scaler/core/hours';
import { toWallClock } from '../../lambda/scaler/core/wall-clock';
import { toStaying, toWarm } from '../../lambda/scaler/core/warm';
import type { FleetSettings, Hours } from '../../lambda/scaler/settings';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** In minutes. */
const QUARTER = 15;
/** A fleet that neither opens nor closes for so long does so hardly ever. */
const HORIZON = 30 * DAY;

export type HoursEvent =
  | { at: number; kind: 'opens'; staying: number }
  | { at: number; kind: 'closes' }
  /** A day on which the fleet would be open, but for the holiday. */
  | { at: number; kind: 'holiday' }
  /** Milliseconds that the wall clock jumps: forward when positive. */
  | { at: number; kind: 'clocks'; jump: number };

export interface HoursPlan {
  phase: ReturnType<typeof toPhase>;
  /** In order, up to the last opening or closing that was asked for. */
  events: HoursEvent[];
  /** Minutes of an ordinary week, without holidays and changes of the clock. */
  open: number;
  closed: number;
  /** Minutes that the fleet is open in the seven days from now, holidays and changes of the clock included. */
  comingOpen: number;
  /** Hours of waiting instances in the seven days from now: with the hours, and were the fleet always open. */
  comingWarm: number;
  comingWarmAlways: number;
}

type Fleet = Pick<FleetSettings, 'warm'> & { hours: Hours };

/** @param changes how many openings and closings to look for */
export function planHours(fleet: Fleet, now: number, changes: number): HoursPlan {
  const { hours, warm } = fleet;
  const start = now - (now % MINUTE);
  const open = toOpenMinutes(hours);
  /** Of the seven days from now, of what holds from one look to the next. */
  const sum = (value: (at: number) => number) => {
    const looks = toLooks(hours, start, start + 7 * DAY);
    const lengths = looks.map((at, index) => (looks[index + 1] ?? start + 7 * DAY) - at);
    return looks.reduce((total, at, index) => total + value(at) * ((lengths[index] ?? 0) / MINUTE), 0);
  };
  return {
    phase: toPhase(hours, start),
    events: findEvents(fleet, start, changes),
    open,
    closed: (7 * DAY) / MINUTE - open,
    comingOpen: sum((at) => (toPhase(hours, at) === 'open' ? 1 : 0)),
    comingWarm: sum((at) => toStaying(fleet, at)) / 60,
    comingWarmAlways: sum((at) => toWarm(warm, at)) / 60,
  };
}

/**
 * When to look: no sum over wall clocks can be wrong that is never made. Something can change at the minutes that the
 * hours name, five minutes before, and on the hour; a zone is a multiple of a quarter of an hour away from UTC.
 */
function toLooks({ week }: Hours, start: number, end: number): number[] {
  const named = Object.values(week)
    .flatMap((times) => times ?? [])
    .flatMap(({ open, close }) => [open, close])
    .map((time) => Number(time.slice(3)));
  const minutes = new Set([
    0,
    ...named.flatMap((minute) => [minute % QUARTER, (minute + QUARTER - 5) % QUARTER]),
  ]);
  const all = Array.from({ length: (end - start) / MINUTE }, (_, index) => start + index * MINUTE);
  return all.filter((at) => at === start || minutes.has((at / MINUTE) % QUARTER));
}

function toOpenMinutes({ week }: Hours): number {
  const toMinutes = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
  return Object.values(week)
    .flatMap((times) => times ?? [])
    .reduce((sum, { open, close }) => sum + toMinutes(close) - toMinutes(open), 0);
}

function findEvents(fleet: Fleet, start: number, changes: number): HoursEvent[] {
  const { hours } = fleet;
  const events: HoursEvent[] = [];
  let found = 0;
  let wasOpen = toPhase(hours, start) === 'open';
  let before = toWallClock(hours.timeZone, start);
  let last = start;
  for (const at of toLooks(hours, start, start + HORIZON).slice(1)) {
    if (found === changes) break;
    const wall = toWallClock(hours.timeZone, at);
    const jump = toInstant(wall) - toInstant(before) - (at - last);
    if (jump !== 0) events.push({ at, kind: 'clocks', jump });
    if (wall.date !== before.date && isMissed(hours, wall)) events.push({ at, kind: 'holiday' });
    const isOpen = toPhase(hours, at) === 'open';
    if (isOpen !== wasOpen) {
      found += 1;
      events.push(isOpen ? { at, kind: 'opens', staying: toStaying(fleet, at) } : { at, kind: 'closes' });
    }
    wasOpen = isOpen;
    before = wall;
    last = at;
  }
  return events;
}

type WallClock = ReturnType<typeof toWallClock>;

const toInstant = ({ date, time }: WallClock) => Date.parse(`${date}T${time}:00Z`);

const isMissed = (hours: Hours, { date, weekday }: WallClock) =>
  hours.holidays.includes(date) && (hours.week[weekday]?.length ?? 0) > 0;

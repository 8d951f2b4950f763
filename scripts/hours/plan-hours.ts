/** When a fleet opens and closes, and what that saves: pure, by the one rule that the scaler itself follows. */
import { toPhase } from '../../lambda/scaler/core/hours';
import { toWallClock } from '../../lambda/scaler/core/wall-clock';
import { toStaying, toWarm } from '../../lambda/scaler/core/warm';
import type { FleetSettings, Hours } from '../../lambda/scaler/settings';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
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
  const week = Array.from({ length: (7 * DAY) / MINUTE }, (_, minute) => start + minute * MINUTE);
  const inHours = (minutes: number) => minutes / 60;
  return {
    phase: toPhase(hours, start),
    events: findEvents(fleet, start, changes),
    open,
    closed: (7 * DAY) / MINUTE - open,
    comingOpen: week.filter((at) => toPhase(hours, at) === 'open').length,
    comingWarm: inHours(week.reduce((sum, at) => sum + toStaying(fleet, at), 0)),
    comingWarmAlways: inHours(week.reduce((sum, at) => sum + toWarm(warm, at), 0)),
  };
}

function toOpenMinutes({ week }: Hours): number {
  const toMinutes = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
  return Object.values(week)
    .flatMap((times) => times ?? [])
    .reduce((sum, { open, close }) => sum + toMinutes(close) - toMinutes(open), 0);
}

/** Minute by minute: no sum over wall clocks can be wrong that is never made. */
function findEvents(fleet: Fleet, start: number, changes: number): HoursEvent[] {
  const { hours } = fleet;
  const events: HoursEvent[] = [];
  let found = 0;
  let wasOpen = toPhase(hours, start) === 'open';
  let before = toWallClock(hours.timeZone, start);
  for (let at = start + MINUTE; at <= start + HORIZON && found < changes; at += MINUTE) {
    const wall = toWallClock(hours.timeZone, at);
    const jump = toInstant(wall) - toInstant(before) - MINUTE;
    if (jump !== 0) events.push({ at, kind: 'clocks', jump });
    if (wall.date !== before.date && isMissed(hours, wall)) events.push({ at, kind: 'holiday' });
    const isOpen = toPhase(hours, at) === 'open';
    if (isOpen !== wasOpen) {
      found += 1;
      events.push(isOpen ? { at, kind: 'opens', staying: toStaying(fleet, at) } : { at, kind: 'closes' });
    }
    wasOpen = isOpen;
    before = wall;
  }
  return events;
}

type WallClock = ReturnType<typeof toWallClock>;

const toInstant = ({ date, time }: WallClock) => Date.parse(`${date}T${time}:00Z`);

const isMissed = (hours: Hours, { date, weekday }: WallClock) =>
  hours.holidays.includes(date) && (hours.week[weekday]?.length ?? 0) > 0;

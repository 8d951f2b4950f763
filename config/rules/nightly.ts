/** The nightly pipeline runs every night, and bakes what there is. */
import { offer } from '../closest';
import { show } from '../problem';
import { findRepeated } from './repeated';
import type { Rule } from './rule';
import { checkTimeZone, isTimeZone } from './time-zone';

export const nightlyZoneIsKnown: Rule = ({ nightly }) =>
  checkTimeZone(nightly?.timeZone, ['nightly', 'timeZone']);

export const nightlyImagesAreKnown: Rule = ({ nightly, images }) => {
  const path = ['nightly', 'images'];
  const names = nightly?.images;
  if (!names || !images) return [];
  if (names.length === 0) {
    const wrong = 'it bakes no image';
    return [{ path, wrong, remedy: 'name images, remove the field for all, or remove nightly' }];
  }
  return [
    ...names.flatMap((name, index) =>
      name === undefined || Object.hasOwn(images, name)
        ? []
        : [
            {
              path: [...path, index],
              wrong: `there is no image ${show(name)}`,
              remedy: offer(name, Object.keys(images)),
            },
          ],
    ),
    ...findRepeated(names, (name, index) => ({
      path: [...path, index],
      wrong: `${show(name)} is there twice`,
      remedy: 'remove one',
    })),
  ];
};

/**
 * EventBridge Scheduler skips a time that the clocks jump over. One night without a fresh image does no harm, but the
 * alarm that watches for a silent pipeline would ring, so a time in the gap is refused: any other costs nothing.
 */
export const nightlyRunsEveryNight: Rule = ({ nightly }) => {
  const { time, timeZone } = nightly ?? {};
  if (time === undefined || timeZone === undefined || !isTimeZone(timeZone)) return [];
  const gap = findGap(timeZone, time);
  if (!gap) return [];
  return [
    {
      path: ['nightly', 'time'],
      wrong: `${time} does not exist in ${timeZone} on the day the clocks go forward (${gap.date}): no image would be baked then`,
      remedy: `use ${gap.end} or later, or a time before ${gap.start}`,
    },
  ];
};

/** Years whose changes of the clock are looked at: rules of a zone hold for long, and a fixed span needs no clock. */
const SPAN = [Date.UTC(2026, 0), Date.UTC(2029, 0)] as const;
/** Clocks stay as they are for weeks, even where Ramadan moves them. */
const STEP = 7 * 24 * 60 * 60_000;
const MINUTE = 60_000;

interface Gap {
  date: string;
  /** The first time that is missing, and the first one that is there again. */
  start: string;
  end: string;
}

/** Where the wall clock jumps over the time; undefined when it never does. */
function findGap(timeZone: string, time: string): Gap | undefined {
  const offsetAt = toOffset(timeZone);
  for (let week = SPAN[0]; week < SPAN[1]; week += STEP) {
    const [before, after] = [offsetAt(week), offsetAt(week + STEP)];
    if (after <= before) continue;
    const change = findChange(offsetAt, week, week + STEP);
    const gap = { start: toText(change + before), end: toText(change + after) };
    const date = gap.start.slice(0, 10);
    const wanted = `${date}T${time}`;
    if (gap.start <= wanted && wanted < gap.end) {
      return { date, start: gap.start.slice(11), end: gap.end.slice(11) };
    }
  }
  return undefined;
}

const toText = (wall: number) => new Date(wall).toISOString().slice(0, 16);

/** The first instant with the later offset, to the minute. */
function findChange(offsetAt: (at: number) => number, from: number, to: number): number {
  if (to - from <= MINUTE) return to;
  const middle = from + Math.floor((to - from) / 2 / MINUTE) * MINUTE;
  return offsetAt(middle) > offsetAt(from)
    ? findChange(offsetAt, from, middle)
    : findChange(offsetAt, middle, to);
}

/** Milliseconds that the wall clock of the zone is ahead of UTC at an instant. */
function toOffset(timeZone: string): (at: number) => number {
  const formatter = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  return (at) => {
    const name = formatter.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign, hours, minutes] = /GMT([+-])(\d+):(\d+)/.exec(name) ?? [];
    return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * MINUTE;
  };
}

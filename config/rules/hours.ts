/** Fleets open and close when somebody meant them to. */
import { WEEKDAYS } from '../fields/hours';
import type { Path, Problem } from '../problem';
import type { Draft } from '../salvage';
import type { FleetConfig } from '../schema';
import { eachFleet, type Rule } from './rule';
import { checkTimeZone } from './time-zone';

type HoursDraft = Draft<NonNullable<FleetConfig['hours']>>;

const eachHours = (check: (hours: HoursDraft, path: Path) => Problem[]): Rule => {
  return (config) =>
    eachFleet(config, (fleet, path) => (fleet.hours ? check(fleet.hours, [...path, 'hours']) : []));
};

export const timeZonesAreKnown: Rule = eachHours(({ timeZone }, path) =>
  checkTimeZone(timeZone, [...path, 'timeZone']),
);

interface Opening {
  /** Minutes since Monday 00:00. */
  open: number;
  close: number;
  text: string;
  path: Path;
}

const DAY = 24 * 60;
const WEEK = 7 * DAY;
/** A fleet opens 5 min early, and AWS may run the closing 2 min late: closer together, one undoes the other. */
const LEAST_GAP = 10;

export const openingTimesAreSound: Rule = eachHours(({ week }, path) => {
  const openings = toOpenings(week, path);
  const reversed = openings.filter(({ open, close }) => close <= open);
  if (reversed.length > 0) {
    return reversed.map(({ path, text }) => ({
      path: [...path, 'close'],
      wrong: `${text} closes before it opens`,
      remedy: 'for a night, write two: up to 24:00, and from 00:00 on the next day',
    }));
  }
  const inOrder = openings.sort((a, b) => a.open - b.open);
  return inOrder.flatMap((next, index) => {
    // The first one of the week follows the last one of the week before.
    const previous = index > 0 ? inOrder[index - 1] : inOrder.at(-1);
    if (!previous || (previous === next && inOrder.length > 1)) return [];
    const gap = next.open - previous.close + (index > 0 ? 0 : WEEK);
    return checkGap(gap, previous, next);
  });
});

function checkGap(gap: number, previous: Opening, next: Opening): Problem[] {
  const path = [...next.path, 'open'];
  if (gap < 0)
    return [{ path, wrong: `${next.text} overlaps ${previous.text}`, remedy: 'make one of the two' }];
  if (gap === 0 && next.open % DAY !== 0) {
    return [
      { path, wrong: `${next.text} goes on where ${previous.text} ends`, remedy: 'make one of the two' },
    ];
  }
  if (gap > 0 && gap < LEAST_GAP) {
    return [
      {
        path,
        wrong: `${next.text} opens ${gap} min after ${previous.text} closes; a fleet needs ${LEAST_GAP} min in between`,
        remedy: 'make one of the two, or leave more time',
      },
    ];
  }
  return [];
}

const toOpenings = (week: HoursDraft['week'], path: Path): Opening[] =>
  WEEKDAYS.flatMap((weekday, day) =>
    (week?.[weekday] ?? []).flatMap((opening, index) =>
      opening?.open !== undefined && opening.close !== undefined
        ? [
            {
              open: day * DAY + toMinutes(opening.open),
              close: day * DAY + toMinutes(opening.close),
              text: `${weekday} ${opening.open} to ${opening.close}`,
              path: [...path, 'week', weekday, index],
            },
          ]
        : [],
    ),
  );

const toMinutes = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

export const fleetsOpenAtSomeTime: Rule = eachHours(({ week }, path) =>
  week && WEEKDAYS.every((weekday) => !(weekday in week) || week[weekday]?.length === 0)
    ? [
        {
          path: [...path, 'week'],
          wrong: 'it never opens',
          remedy:
            'give a weekday opening times: mon: [{ open: "07:00", close: "19:00" }]; for a fleet that is always open remove hours',
        },
      ]
    : [],
);

export const holidaysAreDates: Rule = eachHours(({ holidays }, path) =>
  (holidays ?? []).flatMap((date, index, all) => {
    if (date === undefined) return [];
    const at = [...path, 'holidays', index];
    if (!isDate(date))
      return [{ path: at, wrong: `${date} is not in the calendar`, remedy: 'correct it, as YYYY-MM-DD' }];
    return all.indexOf(date) < index
      ? [{ path: at, wrong: `${date} is there twice`, remedy: 'remove one' }]
      : [];
  }),
);

function isDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

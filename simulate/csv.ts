/** A trace as CSV: `submitted,duration,fleet`, with that line on top. */
import type { Job } from './trace';

export interface Trace {
  /** By fleet, each in the order of submission. */
  jobs: Map<string, Job[]>;
  /** One line for each thing that is wrong, at most so many. */
  problems: string[];
}

const MOST_PROBLEMS = 20;

/**
 * submitted: ISO 8601 with a time zone, or seconds since 1970. duration: seconds. fleet: a name, may be empty or absent.
 * Read line by line, for problems are told by line; so a quoted cell ends with its line. (csv-parse needs ten seconds for a
 * million jobs, and papaparse knows no lines.)
 */
export function parseTrace(text: string): Trace {
  const jobs = new Map<string, Job[]>();
  const problems: string[] = [];
  const lines = text.split(/\r?\n/);
  const head = (toCells(lines[0] ?? '') ?? []).map((name) => name.toLowerCase());
  const [submittedAt, durationAt, fleetAt] = ['submitted', 'duration', 'fleet'].map((name) =>
    head.indexOf(name),
  ) as [number, number, number];
  if (submittedAt < 0 || durationAt < 0)
    return {
      jobs,
      problems: [
        `line 1: columns submitted and duration are needed, with a comma between them; seen: ${lines[0] || 'nothing'}`,
      ],
    };
  lines.slice(1).forEach((line, index) => {
    if (line.trim() === '') return;
    const where = `line ${index + 2}`;
    const cells = toCells(line);
    if (!cells) {
      problems.push(`${where}: a quote is in the wrong place, write "…" around a whole cell: ${line}`);
      return;
    }
    const submitted = toTime(cells[submittedAt] ?? '');
    const duration = Number(cells[durationAt] || Number.NaN);
    if (submitted === undefined)
      problems.push(`${where}: submitted is "${cells[submittedAt] ?? ''}", use 2026-01-05T09:00:00Z`);
    else if (!Number.isFinite(duration) || duration < 0)
      problems.push(`${where}: duration is "${cells[durationAt] ?? ''}", use seconds`);
    else {
      const fleet = cells[fleetAt] ?? '';
      const list = jobs.get(fleet) ?? [];
      if (list.length === 0) jobs.set(fleet, list);
      list.push({ submitted, duration });
    }
  });
  for (const list of jobs.values()) list.sort((one, other) => one.submitted - other.submitted);
  return { jobs, problems: problems.slice(0, MOST_PROBLEMS) };
}

/**
 * Undefined when a quote is not closed, or something is before or after it. A byte order mark, which a spreadsheet puts in
 * front, is a blank, and goes with them.
 */
function toCells(line: string): string[] | undefined {
  if (!line.includes('"')) return line.split(',').map((cell) => cell.trim());
  const cells: string[] = [];
  // From one comma to the next: quoted, with a quote in it as two, or without any.
  const cell = /(?:\s*"((?:[^"]|"")*)"\s*|([^",]*))(,|$)/y;
  for (;;) {
    const [found, quoted, plain = '', end] = cell.exec(line) ?? [];
    if (found === undefined) return undefined;
    cells.push(quoted?.replaceAll('""', '"') ?? plain.trim());
    if (end === '') return cells;
  }
}

const toCell = (text: string) => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

export const toCsv = (jobs: ReadonlyMap<string, readonly Job[]>): string =>
  [
    'submitted,duration,fleet',
    ...[...jobs].flatMap(([fleet, list]) =>
      list.map(
        ({ submitted, duration }) => `${new Date(submitted).toISOString()},${duration},${toCell(fleet)}`,
      ),
    ),
    '',
  ].join('\n');

function toTime(text: string): number | undefined {
  if (/^\d{9,10}(\.\d+)?$/.test(text)) return Number(text) * 1000;
  // Without a zone it would be the zone of whoever runs this.
  const at = /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:?\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) || !isDay(text.slice(0, 10)) ? undefined : at;
}

/** Date.parse takes the 30th of February for the 2nd of March. */
const isDay = (day: string) => new Date(day).toISOString().startsWith(day);

import fc from 'fast-check';
import { parseTrace, toCsv } from '../../simulate/csv';
import type { Job } from '../../simulate/trace';

const NINE = Date.UTC(2026, 0, 5, 9);
const HEAD = 'submitted,duration,fleet';
const parse = (...lines: string[]) => parseTrace(lines.join('\n'));
/** The jobs of the only fleet, when nothing is wrong. */
function jobsOf(...lines: string[]): Job[] {
  const { jobs, problems } = parse(...lines);
  expect(problems).toEqual([]);
  expect(jobs.size).toBe(1);
  return [...jobs.values()][0] ?? [];
}

test.each([
  ['in UTC', '2026-01-05T09:00:00Z'],
  ['with an offset', '2026-01-05T10:00:00+01:00'],
  ['with an offset without a colon', '2026-01-05T01:00:00-0800'],
  ['with parts of a second', '2026-01-05T09:00:00.000Z'],
  ['without seconds', '2026-01-05T09:00Z'],
  ['as seconds since 1970', String(NINE / 1000)],
])('a time is read %s', (_, submitted) => {
  expect(jobsOf(HEAD, `${submitted},120,linux`)).toEqual([{ submitted: NINE, duration: 120 }]);
});

test('parts of a second count', () => {
  expect(jobsOf(HEAD, `${NINE / 1000}.25,0.5,linux`)).toEqual([{ submitted: NINE + 250, duration: 0.5 }]);
});

test('jobs are told by fleet, each in the order of submission', () => {
  const { jobs, problems } = parse(
    HEAD,
    '2026-01-05T09:00:02Z,20,linux',
    '2026-01-05T09:00:00Z,30,arm',
    '2026-01-05T09:00:01Z,10,linux',
  );
  expect(problems).toEqual([]);
  expect(jobs).toEqual(
    new Map([
      [
        'linux',
        [
          { submitted: NINE + 1000, duration: 10 },
          { submitted: NINE + 2000, duration: 20 },
        ],
      ],
      ['arm', [{ submitted: NINE, duration: 30 }]],
    ]),
  );
});

const LINE = '2026-01-05T09:00:00Z,120,linux';
test.each<[what: string, text: string]>([
  ['Windows ends its lines', `${HEAD}\r\n${LINE}\r\n`],
  ['the last line has no end', `${HEAD}\n${LINE}`],
  ['empty lines', `${HEAD}\n\n${LINE}\n   \n\n`],
  ['blanks around cells', ' submitted , duration , fleet \n 2026-01-05T09:00:00Z , 120 , linux '],
  ['a byte order mark', `\uFEFF${HEAD}\n${LINE}`],
  ['columns in another order', 'fleet,duration,submitted\nlinux,120,2026-01-05T09:00:00Z'],
  [
    'columns that nobody asked for',
    'id,submitted,branch,duration,fleet\n7,2026-01-05T09:00:00Z,main,120,linux',
  ],
  ['a head in capitals', `Submitted,DURATION,Fleet\n${LINE}`],
  ['all cells quoted', '"submitted","duration","fleet"\r\n"2026-01-05T09:00:00Z","120","linux"\r\n'],
  ['some cells quoted', `${HEAD}\n2026-01-05T09:00:00Z, "120" ,linux`],
  [
    'a quoted comma and quote in a column that nobody asked for',
    'submitted,title,duration,fleet\n2026-01-05T09:00:00Z,"Fix ""a"", and b",120,linux',
  ],
])('%s: the same jobs', (_, text) => {
  expect(parseTrace(text)).toEqual({
    jobs: new Map([['linux', [{ submitted: NINE, duration: 120 }]]]),
    problems: [],
  });
});

test.each<[what: string, head: string, line: string]>([
  ['no column', 'submitted,duration', '2026-01-05T09:00:00Z,120'],
  ['an empty cell', HEAD, '2026-01-05T09:00:00Z,120,'],
  ['a line that ends early', HEAD, '2026-01-05T09:00:00Z,120'],
])('jobs of no named fleet: %s', (_, head, line) => {
  expect(parse(head, line).jobs.get('')).toEqual([{ submitted: NINE, duration: 120 }]);
});

test.each([
  ['nothing', ''],
  ['no submitted', 'duration,fleet\n120,linux'],
  ['no duration', 'submitted,fleet\n2026-01-05T09:00:00Z,linux'],
  ['no head', '2026-01-05T09:00:00Z,120,linux'],
  ['semicolons', 'submitted;duration;fleet\n2026-01-05T09:00:00Z;120;linux'],
  ['a quote without an end', `"submitted,duration\n${LINE}`],
])('without its columns a trace has one problem, in line 1: %s', (_, text) => {
  expect(parseTrace(text)).toEqual({ jobs: new Map(), problems: [expect.stringMatching(/^line 1: /)] });
});

test('a head alone is a trace without jobs', () => {
  expect(parseTrace(HEAD)).toEqual({ jobs: new Map(), problems: [] });
});

test.each([
  ['a time without a zone', '2026-01-05T09:00:00,120,linux'],
  ['a day', '2026-01-05,120,linux'],
  ['a day that is none', '2026-02-30T09:00:00Z,120,linux'],
  ['a leap day of another year', '2026-02-29T09:00:00+01:00,120,linux'],
  ['an hour that is none', '2026-01-05T25:00:00Z,120,linux'],
  ['milliseconds since 1970', `${NINE},120,linux`],
  ['no time', ',120,linux'],
  ['a negative duration', '2026-01-05T09:00:00Z,-1,linux'],
  ['no duration', '2026-01-05T09:00:00Z,,linux'],
  ['a line that ends early', '2026-01-05T09:00:00Z'],
  ['a duration in words', '2026-01-05T09:00:00Z,2 min,linux'],
  ['a duration without an end', '2026-01-05T09:00:00Z,Infinity,linux'],
  ['a quote without an end', '2026-01-05T09:00:00Z,"120,linux'],
  ['something behind a quote', '2026-01-05T09:00:00Z,"120"0,linux'],
  ['a quote in a cell', '2026-01-05T09:00:00Z,1"2"0,linux'],
])('%s is a problem of its line, and no job', (_, line) => {
  const { jobs, problems } = parse(HEAD, LINE, '', line, LINE);
  expect(problems).toEqual([expect.stringMatching(/^line 4: /)]);
  expect(jobs.get('linux')).toHaveLength(2);
});

test('a leap day is a day', () => {
  expect(jobsOf(HEAD, '2028-02-29T09:00:00Z,120,linux')).toEqual([
    { submitted: Date.UTC(2028, 1, 29, 9), duration: 120 },
  ]);
});

test('a problem shows what was seen', () => {
  expect(parse(HEAD, 'yesterday,120,linux').problems.join()).toContain('"yesterday"');
  expect(parse(HEAD, '2026-01-05T09:00:00Z,long,linux').problems.join()).toContain('"long"');
});

test('each bad line is named, twenty at most', () => {
  const { problems } = parse(HEAD, ...Array.from({ length: 30 }, () => 'bad,bad,bad'));
  expect(problems.map((problem) => problem.split(':')[0])).toEqual(
    Array.from({ length: 20 }, (_, index) => `line ${index + 2}`),
  );
});

test('what is written is read again', () => {
  const job = fc.record({
    submitted: fc.integer({ min: Date.UTC(2001, 9, 1), max: Date.UTC(2200, 0, 1) }),
    duration: fc.double({ min: 0, max: 1e9, noNaN: true }),
  });
  const name = fc.string({ maxLength: 12 }).map((text) => text.trim());
  const entries = fc.uniqueArray(fc.tuple(name, fc.array(job, { minLength: 1, maxLength: 5 })), {
    maxLength: 4,
    selector: ([fleet]) => fleet,
  });
  fc.assert(
    fc.property(entries, (found) => {
      const sorted = found.map(
        ([fleet, jobs]) => [fleet, [...jobs].sort((one, other) => one.submitted - other.submitted)] as const,
      );
      const { jobs, problems } = parseTrace(toCsv(new Map(sorted)));
      expect(problems).toEqual([]);
      expect([...jobs]).toEqual(sorted);
    }),
  );
});

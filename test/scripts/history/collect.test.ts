import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { collect, type Piece } from '../../../scripts/history/collect';
import { openJournal } from '../../../scripts/history/journal';
import type { PastJob } from '../../../scripts/history/past-job';
import { byFleet, writeTrace } from '../../../scripts/history/write-trace';
import { parseTrace } from '../../../simulate/csv';
import { makeTemporaryDirectory } from '../temporary-file';
import { failure, NOW, WINDOW } from './world';

let file: string;
beforeEach(() => {
  file = join(makeTemporaryDirectory(), 'new', 'history.csv.partial');
});
const OF = 'dev linux 7 days';
const jobOf = (given: Partial<PastJob> = {}): PastJob => ({
  submitted: NOW - 60_000,
  duration: 30,
  waited: 1,
  fleet: 'linux',
  ...given,
});
const pieceOf = (key: string, read: Piece['read'] = async () => [jobOf()]): Piece => ({ key, read });
async function* each(pieces: Piece[]) {
  yield* pieces;
}

test('who is interrupted goes on with the same days, and reads again only what is missing', async () => {
  const first = openJournal(file, OF, WINDOW);
  const broken = () => Promise.reject(new Error('broken'));
  const work = collect(each([pieceOf('a'), pieceOf('b'), pieceOf('c', broken)]), first, () => {});
  expect((await failure(work)).message).toBe('broken');

  const later = { since: WINDOW.since + 3_600_000, until: WINDOW.until + 3_600_000 };
  const second = openJournal(file, OF, later);
  expect(second).toMatchObject({ kept: 2, window: WINDOW });
  const read: string[] = [];
  const pieces = ['a', 'b', 'c'].map((key) =>
    pieceOf(key, async () => {
      read.push(key);
      return [jobOf()];
    }),
  );
  await expect(collect(each(pieces), second, () => {})).resolves.toHaveLength(3);
  expect(read).toEqual(['c']);
  second.remove();
  expect(existsSync(file)).toBe(false);
});

test.each([
  ['of something else', 'dev arm 7 days', WINDOW],
  ['of too long ago', OF, { since: WINDOW.since + 13 * 3_600_000, until: WINDOW.until + 13 * 3_600_000 }],
])('what was begun %s is not gone on with', (_what, of, window) => {
  openJournal(file, OF, WINDOW).add('a', [jobOf()]);
  expect(openJournal(file, of, window)).toMatchObject({ kept: 0, window });
});

test('a line that broke off costs that piece, and no other', () => {
  openJournal(file, OF, WINDOW).add('a', [jobOf()]);
  appendFileSync(file, '{"key":"b","jobs":[{"subm');
  const again = openJournal(file, OF, WINDOW);
  expect(again.kept).toBe(1);
  again.add('c', []);
  expect(openJournal(file, OF, WINDOW).find('c')).toEqual([]);
});

test('no more than eight pieces are under way, and after a failure none is begun', async () => {
  let underWay = 0;
  let most = 0;
  let begun = 0;
  const pieces = Array.from({ length: 50 }, (_, index) =>
    pieceOf(String(index), async () => {
      begun += 1;
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
      if (index === 10) throw new Error('broken');
      return [];
    }),
  );
  expect((await failure(collect(each(pieces), openJournal(file, OF, WINDOW), () => {}))).message).toBe(
    'broken',
  );
  expect(most).toBe(8);
  expect(begun).toBeLessThan(20);
});

test('a trace is what make simulate reads', () => {
  const out = join(makeTemporaryDirectory(), 'deep', 'trace.csv');
  const jobs = [
    jobOf(),
    jobOf({ submitted: NOW - 90_500, duration: 12.345_678, fleet: 'arm' }),
    jobOf({ submitted: NOW - 120_000 }),
  ];
  writeTrace(out, jobs);
  const { jobs: parsed, problems } = parseTrace(readFileSync(out, 'utf8'));
  expect(problems).toEqual([]);
  expect(parsed).toEqual(byFleet(jobs));
  expect(parsed.get('arm')).toEqual([{ submitted: NOW - 90_500, duration: 12.346 }]);
  expect(parsed.get('linux')?.[0]?.submitted).toBe(NOW - 120_000);
});

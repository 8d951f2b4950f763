/** What nomad-run notes of its allocations, at which second of its clock: the script beside a root that writes it down. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const script = resolve(__dirname, '../../provision/rootfs/usr/lib/muster/ci/nomad-notes');
const A = '11111111-1111-4111-8111-111111111111';
const B = '22222222-2222-4222-8222-222222222222';

type Look = [second: number, list: string[] | 'unlisted', count: number];

/** A look every two seconds from one to the next, as nomad-run looks; `SECOND VERB ID` of what is noted. */
function notesOf(...looks: Look[]): string[] {
  const calls = looks.flatMap(([from, list, count], index) => {
    const to = looks[index + 1]?.[0] ?? from + 1;
    const call =
      list === 'unlisted'
        ? `note_unlisted ${count}`
        : `note '${list.map((id) => `${id} batch`).join('\n')}' ${count}`;
    return Array.from({ length: Math.ceil((to - from) / 2) }, (_, n) => `SECONDS=${from + 2 * n}; ${call}`);
  });
  const commands = ['set -o nounset', 'as_root() { echo "$SECONDS $*"; }', `source ${script}`, ...calls];
  const { status, stdout } = spawnSync('bash', ['-c', commands.join('\n')], { encoding: 'utf8' });
  expect(status).toBe(0);
  return stdout.split('\n').filter(Boolean);
}

test('an allocation is noted when it begins and when it ends', () => {
  expect(notesOf([0, [A], 1], [10, [A, B], 2], [20, [B], 1])).toEqual([
    `0 began ${A}`,
    `10 began ${B}`,
    `20 ended ${A}`,
  ]);
});

test('what runs while nothing was ever listed is noted, and is new at every half minute', () => {
  expect(notesOf([0, 'unlisted', 1], [90, 'unlisted', 1])).toEqual([
    '26 began unseen',
    '56 began unseen',
    '86 began unseen',
  ]);
});

test('what runs and is not in the list does not get old either', () => {
  expect(notesOf([0, [], 1], [90, [], 1])).toEqual(['26 began unseen', '56 began unseen', '86 began unseen']);
});

test('a note of an allocation keeps its age', () => {
  expect(notesOf([0, [A], 1], [600, [A], 1])).toEqual([`0 began ${A}`]);
});

test('a list that fails for a moment changes nothing', () => {
  expect(notesOf([0, [A], 1], [10, 'unlisted', 1], [34, [A], 1], [40, 'unlisted', 1], [64, [A], 1])).toEqual([
    `0 began ${A}`,
  ]);
});

test('one that fails for longer takes the notes back, for nobody knows which have ended, and leaves no moment without', () => {
  expect(notesOf([0, [A], 1], [10, 'unlisted', 1], [60, [B], 1])).toEqual([
    `0 began ${A}`,
    '36 began unseen',
    `36 ended ${A}`,
    `60 began ${B}`,
    '60 ended unseen',
  ]);
});

test('unlisted, that nothing runs is the end of all', () => {
  expect(notesOf([0, [A], 1], [10, 'unlisted', 0], [60, 'unlisted', 0])).toEqual([
    `0 began ${A}`,
    `36 ended ${A}`,
  ]);
});

test('a list that is back and lacks some goes on with the note of these', () => {
  expect(notesOf([0, 'unlisted', 2], [30, [A], 2], [40, [A], 1])).toEqual([
    '26 began unseen',
    `30 began ${A}`,
    '40 ended unseen',
  ]);
});

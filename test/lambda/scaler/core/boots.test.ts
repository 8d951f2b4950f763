import { type Boots, countOverdue, watchBoots } from '../../../../lambda/scaler/core/boots';
import { decide } from '../../../../lambda/scaler/core/decide';
import { capacityOf, ids, NOW, sightOf, situationOf } from '../perfect';

const SECOND = 1000;
/** Ten boots were seen, of a minute at most; so many are pending, each for so long. */
const bootsOf = (...pendingFor: number[]): Boots => ({
  since: new Map(pendingFor.map((ms, index) => [`p-${index}`, NOW - ms])),
  seen: 10,
  slowest: 60 * SECOND,
});
const look = (before: Boots | undefined, pending: string[], inService: string[], now = NOW) =>
  watchBoots(before, { pending, inService }, now, true);

describe('watching', () => {
  test('a boot takes from the look that saw it first to the one that sees it in service', () => {
    const first = look(undefined, ['a', 'b'], []);
    const second = look(first, ['b'], ['a'], NOW + 40 * SECOND);
    const third = look(second, [], ['a', 'b'], NOW + 60 * SECOND);
    expect([second, third]).toMatchObject([
      { seen: 1, slowest: 40 * SECOND },
      { seen: 2, slowest: 60 * SECOND, since: new Map() },
    ]);
  });
  test('what ended before it was ready is no boot', () => {
    expect(look(look(undefined, ['a'], []), [], [], NOW + SECOND)).toEqual({
      since: new Map(),
      seen: 0,
      slowest: 0,
    });
  });
  test('where nobody looked just before, a boot may be older than it looks', () => {
    const first = watchBoots(undefined, { pending: ['a'], inService: [] }, NOW, false);
    expect(look(first, [], ['a'], NOW + SECOND).seen).toBe(0);
    expect(countOverdue({ ...first, seen: 10 }, NOW + 600 * SECOND)).toBe(0);
  });
  test('a slow one is forgotten', () => {
    let boots = bootsOf();
    for (let boot = 0; boot < 200; boot += 1) {
      const at = NOW + boot * 20 * SECOND;
      boots = look(look(boots, [`n-${boot}`], [], at), [], [`n-${boot}`], at + 10 * SECOND);
    }
    expect(boots.slowest).toBe(10 * SECOND);
  });
});

describe('overdue', () => {
  test.each([
    ['is who takes longer than all others', bootsOf(76 * SECOND), 1],
    ['is nobody who takes as long as others', bootsOf(75 * SECOND, 10), 0],
    ['is nobody while few boots are known', { ...bootsOf(600 * SECOND), seen: 4 }, 0],
    ['is one in ten at most, for all of them may be of a slower kind', bootsOf(...Array(25).fill(90_000)), 3],
  ])('%s', (_what, boots, count) => {
    expect(countOverdue(boots, NOW)).toBe(count);
  });

  const waiting = (queued: number, boots: Boots) =>
    situationOf({
      demand: { kind: 'known', queued, running: 0 },
      capacity: capacityOf({ desired: 1, pending: ['p-0'] }),
      memory: { sight: sightOf({ at: NOW - 10 * SECOND, queued, desired: 1, pending: ['p-0'], boots }) },
    });
  test('no more are launched than jobs wait, however many boots hang', () => {
    const many = situationOf({
      ...waiting(1, bootsOf(...Array(30).fill(90_000))),
      capacity: capacityOf({ desired: 1, pending: ids(30, 'p') }),
    });
    expect(decide(many).decision).toMatchObject({ kind: 'grow', to: 2 });
  });
  test('another instance is launched for the job of one that hangs, and no third', () => {
    expect(decide(waiting(1, bootsOf(90 * SECOND))).decision).toMatchObject({ kind: 'grow', to: 2 });
    const both = situationOf({
      ...waiting(1, bootsOf(100 * SECOND, 10 * SECOND)),
      capacity: capacityOf({ desired: 2, pending: ids(2, 'p') }),
    });
    expect(decide(both).decision.kind).toBe('hold');
  });
  test('nothing is launched for it where no job waits', () => {
    expect(decide(waiting(0, bootsOf(90 * SECOND))).decision.kind).toBe('hold');
  });
});

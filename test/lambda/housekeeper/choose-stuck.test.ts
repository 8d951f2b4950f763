import fc from 'fast-check';
import { chooseStuck, type Member, type Runners } from '../../../lambda/housekeeper/core/choose-stuck';
import { fromTag, NOTHING, type StuckMemory, toTag } from '../../../lambda/housekeeper/core/stuck-memory';

const MINUTE = 60_000;
const NOW = Date.parse('2026-11-21T05:00:00Z');
const LIMIT = 15 * MINUTE;
const id = (nth: number) => `i-${String(nth).padStart(17, '0')}`;
const memberOf = (nth: number, changes: Partial<Member> = {}): Member => ({
  id: id(nth),
  state: 'InService',
  isProtected: false,
  ...changes,
});
/** The CI has heard of these a moment ago. */
const knows = (...nths: number[]): Runners => ({
  kind: 'known',
  heardAt: new Map(nths.map((nth) => [id(nth), NOW - 5_000])),
});
const since = (minutes: number, ...nths: number[]): StuckMemory => ({
  readAt: NOW - 5 * MINUTE,
  since: new Map(nths.map((nth) => [id(nth), NOW - minutes * MINUTE])),
});

/** Perfect to be ended: the CI knows two of three, and has not known the third for longer than the limit. */
const PERFECT = {
  members: [memberOf(1), memberOf(2), memberOf(3)],
  runners: knows(2, 3),
  memory: since(15, 1),
  limitMs: LIMIT,
  now: NOW,
};
const choose = (changes: Partial<typeof PERFECT> = {}) => chooseStuck({ ...PERFECT, ...changes });

test('one that the CI has not known for the limit is ended, and no other', () => {
  expect(choose().end).toEqual([id(1)]);
});

test('one reading ends nobody, however long the instance is there', () => {
  const { end, memory } = choose({ memory: NOTHING });
  expect(end).toEqual([]);
  expect(memory.since).toEqual(new Map([[id(1), NOW]]));
});

test.each([
  ['before the limit', { memory: since(14, 1) }],
  [
    'while it is protected, for it runs a job',
    { members: [memberOf(1, { isProtected: true }), memberOf(2)] },
  ],
  ['when it is known again', { runners: knows(1, 2, 3) }],
  ['before it is in service', { members: [memberOf(1, { state: 'Pending:Wait' }), memberOf(2)] }],
  ['when it ends already', { members: [memberOf(1, { state: 'Terminating:Wait' }), memberOf(2)] }],
  ['while it is held', { members: [memberOf(1, { state: 'Standby' }), memberOf(2)] }],
  ['after a list that could not be read', { runners: { kind: 'unreadable' as const, detail: '503' } }],
  ['after an empty list though several serve', { runners: knows() }],
  ['after a list of strangers though several serve', { runners: knows(8, 9) }],
  ['when nobody looked for twenty minutes', { memory: { ...since(15, 1), readAt: NOW - 20 * MINUTE } }],
])('nobody is ended %s', (_, changes) => {
  expect(choose(changes as Partial<typeof PERFECT>).end).toEqual([]);
});

test('the only one in service is ended though the list is empty', () => {
  expect(choose({ members: [memberOf(1)], runners: knows() }).end).toEqual([id(1)]);
});

test('an idle one that the CI lists but has not heard of for ten minutes is unknown', () => {
  const heardAt = new Map([
    [id(1), NOW - 10 * MINUTE],
    [id(2), NOW],
    [id(3), NOW],
  ]);
  expect(choose({ runners: { kind: 'known', heardAt } }).end).toEqual([id(1)]);
});

test('one of which the CI does not tell when it was heard of is known', () => {
  const heardAt = new Map([1, 2, 3].map((nth) => [id(nth), undefined]));
  expect(choose({ runners: { kind: 'known', heardAt } }).unknown).toEqual([]);
});

test('a list that cannot be believed leaves what is remembered as it is', () => {
  expect(choose({ runners: knows() })).toMatchObject({ verdict: 'implausible', memory: PERFECT.memory });
});

test('a second one is ended an hour after the first', () => {
  const after = (minutes: number): StuckMemory => {
    const at = NOW - minutes * MINUTE;
    return { ...PERFECT.memory, ended: { from: at, last: at, count: 1 } };
  };
  expect(choose({ memory: after(59) }).end).toEqual([]);
  expect(choose({ memory: after(60) }).end).toEqual([id(1)]);
});

test('a tenth of those in service may be ended in an hour, the longest unknown first', () => {
  const members = Array.from({ length: 20 }, (_, nth) => memberOf(nth));
  const memory = {
    readAt: NOW - MINUTE,
    since: new Map([4, 5, 6].map((nth) => [id(nth), NOW - (20 + nth) * MINUTE])),
  };
  const runners = knows(...members.map((_, nth) => nth).filter((nth) => nth < 4 || nth > 6));
  expect(choose({ members, memory, runners }).end).toEqual([id(6), id(5)]);
});

test('what is remembered survives its tag', () => {
  const memory: StuckMemory = {
    readAt: NOW,
    since: new Map([1, 2].map((nth) => [id(nth), NOW - nth * MINUTE])),
    ended: { from: NOW - MINUTE, last: NOW, count: 37 },
  };
  expect(fromTag(toTag(memory))).toEqual(memory);
});

test.each([undefined, '', 'v0 r=abc', 'v1 nonsense', 'v1 i=xyz.abc', `v1 ${'r=abc '.repeat(60)}`])(
  'a tag that is not ours (%j) is nothing remembered',
  (text) => expect(fromTag(text).since.size).toBe(0),
);

describe('whatever the readings', () => {
  const reading = fc.record({
    minutes: fc.integer({ min: 0, max: 25 }),
    size: fc.integer({ min: 0, max: 45 }),
    isProtected: fc.func(fc.boolean()),
    isKnown: fc.func(
      fc.oneof({ weight: 1, arbitrary: fc.boolean() }, { weight: 2, arbitrary: fc.constant(false) }),
    ),
    readable: fc.boolean(),
  });

  type Reading = typeof reading extends fc.Arbitrary<infer T> ? T : never;

  /** Looks at a fleet as the housekeeper does, its memory in a tag; those that are ended are replaced by new ones. */
  function play(readings: Reading[]) {
    let tag = toTag(NOTHING);
    let now = NOW;
    let next = 0;
    const members: Member[] = [];
    const ends: { at: number; id: string; most: number; wasProtected: boolean }[] = [];
    for (const { minutes, size, isProtected, isKnown, readable } of readings) {
      now += minutes * MINUTE + 1;
      members.splice(size);
      while (members.length < size) members.push(memberOf(next++));
      for (const member of members) member.isProtected = isProtected(member.id);
      const runners: Runners = readable
        ? {
            kind: 'known',
            heardAt: new Map(members.filter(({ id }) => isKnown(id)).map(({ id }) => [id, undefined])),
          }
        : { kind: 'unreadable', detail: '' };
      const choice = chooseStuck({ members, runners, memory: fromTag(tag), limitMs: 5 * MINUTE, now });
      tag = toTag(choice.memory);
      expect(tag.length).toBeLessThanOrEqual(256);
      expect(tag).toMatch(/^[\w .=]*$/);
      const most = Math.max(1, Math.floor(members.length / 10));
      for (const id of choice.end) {
        const index = members.findIndex((member) => member.id === id);
        ends.push({ at: now, id, most, wasProtected: members[index]?.isProtected ?? true });
        members.splice(index, 1);
      }
    }
    return ends;
  }

  test('no hour sees more than its share end', () => {
    fc.assert(
      fc.property(fc.array(reading, { maxLength: 40 }), (readings) => {
        const ends = play(readings);
        for (const { at } of ends) {
          const inHour = ends.filter((end) => end.at >= at && end.at < at + 60 * MINUTE);
          expect(inHour.length).toBeLessThanOrEqual(Math.max(...inHour.map(({ most }) => most)));
        }
      }),
    );
  });

  test('a protected instance is never ended, and none twice', () => {
    fc.assert(
      fc.property(fc.array(reading, { maxLength: 40 }), (readings) => {
        const ends = play(readings);
        expect(ends.filter(({ wasProtected }) => wasProtected)).toEqual([]);
        expect(new Set(ends.map(({ id }) => id)).size).toBe(ends.length);
      }),
    );
  });

  test('the property tests do end instances', () => {
    const ends = fc.sample(fc.array(reading, { minLength: 20, maxLength: 40 }), { numRuns: 50, seed: 1 });
    expect(ends.flatMap(play).length).toBeGreaterThan(10);
  });
});

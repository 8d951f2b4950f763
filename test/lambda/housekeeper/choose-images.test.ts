import fc from 'fast-check';
import { TAGS as CONFIG_TAGS } from '../../../config/names';
import { chooseImages } from '../../../lambda/housekeeper/core/choose-images';
import type { Inventory, Reference } from '../../../lambda/housekeeper/core/images';
import { IMAGE_TAGS } from '../../../lambda/housekeeper/settings';
import { amiOf, DAY, inventoryOf, NOW, snapshotOf, TAGS, undated } from './image-inventory';

const nights = (...all: number[]) => all.map((night) => amiOf(night));
const choose = (changes: Partial<Inventory>, keep = 2) =>
  chooseImages({ inventory: inventoryOf(changes), now: NOW, keep });
const removed = (changes: Partial<Inventory>, keep?: number) =>
  choose(changes, keep)
    .remove.map(({ ami }) => ami.id)
    .sort();
const reference = (amiId: string, reason: Reference['reason']): Reference => ({ amiId, reason });

test('the newest stay, the others go with their snapshots', () => {
  const { keep, remove } = choose({ amis: nights(1, 2, 3, 4) });
  expect(keep.map(({ ami, why }) => [ami.id, why[0]?.reason])).toEqual([
    ['ami-1', 'newest'],
    ['ami-2', 'newest'],
  ]);
  expect(remove.map(({ ami, snapshots }) => [ami.id, snapshots])).toEqual([
    ['ami-3', ['snap-ami-3']],
    ['ami-4', ['snap-ami-4']],
  ]);
});

test('each keeps every reason why it stays', () => {
  const references = [reference('ami-1', 'promoted'), reference('ami-1', 'instance')];
  const { keep } = choose({ amis: nights(1), references });
  expect(keep[0]?.why.map(({ reason }) => reason)).toEqual(['promoted', 'instance', 'newest']);
});

test.each(['promoted', 'promoted-before', 'launch-template', 'instance', 'shared'] as const)(
  'one that is %s stays, however old',
  (reason) => {
    expect(removed({ amis: nights(1, 2, 3, 99), references: [reference('ami-99', reason)] })).toEqual([
      'ami-3',
    ]);
  },
);

test('one that could not be made is no fallback: it goes, and does not push a good one out', () => {
  const amis = [amiOf(1, { state: 'failed' }), ...nights(2, 3)];
  expect(removed({ amis })).toEqual(['ami-1']);
});

test('one that is being made stays', () => {
  expect(removed({ amis: [...nights(1, 2), amiOf(3, { state: 'pending' })] })).toEqual([]);
});

test('one that is being proved stays, though newer ones fill the number', () => {
  const young = ['a', 'b', 'c'].map((id, nth) => amiOf(0, { id, createdAt: NOW - nth * 60_000 }));
  expect(removed({ amis: young })).toEqual([]);
});

test('one whose age nobody knows stays', () => {
  expect(removed({ amis: [...nights(1, 2), undated(amiOf(3))] })).toEqual([]);
});

test.each([
  ['another image', { 'muster:environment': 'dev', 'muster:image': 'other' }],
  ['another environment', { 'muster:environment': 'prd', 'muster:image': 'runner' }],
  ['somebody', {}],
])('one of %s is none of ours', (_whose, tags) => {
  const { keep, remove } = choose({ amis: [...nights(1, 2), amiOf(9, { tags })] });
  expect([...keep, ...remove].map(({ ami }) => ami.id)).toEqual(['ami-1', 'ami-2']);
});

test('a snapshot that another AMI needs stays', () => {
  const shared = amiOf(3, { snapshots: ['snap-shared', 'snap-own'] });
  const foreign = amiOf(9, { id: 'ami-foreign', tags: {}, snapshots: ['snap-shared'] });
  expect(choose({ amis: [...nights(1, 2), shared, foreign] }).remove[0]?.snapshots).toEqual(['snap-own']);
});

test('nothing is removed while anything is unknown', () => {
  const seen = { amis: nights(1, 2, 3), snapshots: [snapshotOf('snap-left')], unread: ['instances: 503'] };
  const { keep, remove, orphans } = choose(seen);
  expect({ remove, orphans }).toEqual({ remove: [], orphans: [] });
  expect(keep.at(-1)?.why).toEqual([{ reason: 'unknown', detail: 'instances: 503' }]);
});

test('night by night, each bake promoted: from the third on, the one that fell out of reach goes', () => {
  const there: string[] = [];
  const gone: string[][] = [];
  for (let night = 1; night <= 5; night += 1) {
    there.push(`ami-${night}`);
    const now = NOW + night * DAY;
    const amis = there.map((id) =>
      amiOf(0, { id, createdAt: NOW + Number(id.slice(4)) * DAY - 2 * 3_600_000 }),
    );
    // History, and the launch template's newest version and the one before.
    const references = [0, 1]
      .filter((back) => night - back > 0)
      .flatMap((back) => [
        reference(`ami-${night - back}`, back === 0 ? 'promoted' : 'promoted-before'),
        reference(`ami-${night - back}`, 'launch-template'),
      ]);
    const { remove } = chooseImages({ inventory: inventoryOf({ amis, references }), now, keep: 2 });
    const ids = remove.map(({ ami }) => ami.id);
    gone.push(ids);
    for (const id of ids) there.splice(there.indexOf(id), 1);
  }
  expect(gone).toEqual([[], [], ['ami-1'], ['ami-2'], ['ami-3']]);
});

describe('a snapshot without an AMI', () => {
  const orphans = (changes: Parameters<typeof snapshotOf>[1]) =>
    choose({ snapshots: [snapshotOf('snap-left', changes)] }).orphans.map(({ id }) => id);

  test('is what an earlier run left, and goes', () => expect(orphans({})).toEqual(['snap-left']));
  test('stays when it may belong to a bake', () => expect(orphans({ startedAt: NOW - DAY / 2 })).toEqual([]));
  test('stays when it is not complete', () => expect(orphans({ state: 'pending' })).toEqual([]));
  test('stays when it is not ours', () => expect(orphans({ tags: {} })).toEqual([]));
});

describe('copies in another region', () => {
  const copyOf = (night: number) =>
    amiOf(night, {
      id: `copy-${night}`,
      region: 'us-east-1',
      tags: { ...TAGS, [IMAGE_TAGS.copyOf]: `ami-${night}` },
    });

  test('stay as long as what they were made from', () => {
    const amis = [...nights(1, 2, 3, 9), ...[1, 2, 3, 9].map(copyOf)];
    expect(removed({ amis, references: [reference('ami-9', 'promoted')] })).toEqual(['ami-3', 'copy-3']);
  });

  test('are counted in their own region', () => {
    expect(removed({ amis: [1, 2, 3].map(copyOf) })).toEqual(['copy-3']);
  });
});

test('tags are those of the config', () => {
  expect(CONFIG_TAGS).toMatchObject(IMAGE_TAGS);
});

describe('of any inventory', () => {
  const ami = fc.record({
    night: fc.nat(20),
    region: fc.constantFrom('eu-central-1', 'us-east-1'),
    state: fc.constantFrom('available', 'available', 'available', 'pending', 'failed'),
    dated: fc.boolean(),
    tags: fc.constantFrom(TAGS, TAGS, TAGS, {}, { ...TAGS, 'muster:image': 'other' }),
    snapshot: fc.nat(8),
  });
  const inventories = fc
    .record({
      amis: fc.array(ami, { maxLength: 25 }),
      references: fc.array(fc.nat(24), { maxLength: 5 }),
      keep: fc.integer({ min: 2, max: 5 }),
    })
    .map(({ amis, references, keep }) => ({
      keep,
      inventory: inventoryOf({
        amis: amis.map(({ night, region, state, dated, tags, snapshot }, nth) => {
          const made = amiOf(night, {
            id: `ami-${nth}`,
            region,
            state,
            tags,
            snapshots: [`snap-${region}-${snapshot}`],
          });
          return dated || nth % 3 > 0 ? made : undated(made);
        }),
        references: references.map((nth) => reference(`ami-${nth}`, 'instance')),
      }),
    }));
  const holds = (rule: (question: { inventory: Inventory; keep: number }) => void) =>
    fc.assert(fc.property(inventories, rule), { numRuns: 500 });
  const choiceOf = (question: { inventory: Inventory; keep: number }) =>
    chooseImages({ ...question, now: NOW });

  test('nothing that is referenced goes', () =>
    holds((question) => {
      const gone = choiceOf(question).remove.map(({ ami: { id } }) => id);
      expect(question.inventory.references.filter(({ amiId }) => gone.includes(amiId))).toEqual([]);
    }));

  test('as many as are to be kept stay in each region, and none that goes is newer than they', () =>
    holds((question) => {
      const { keep, remove } = choiceOf(question);
      for (const region of new Set(remove.map(({ ami: { region } }) => region))) {
        const stay = keep.filter(({ ami: { region: at, state } }) => at === region && state === 'available');
        const good = remove.filter(
          ({ ami: { region: at, state } }) => at === region && state === 'available',
        );
        if (good.length > 0) expect(stay.length).toBeGreaterThanOrEqual(question.keep);
        const newer = (at = 0) => stay.filter(({ ami: { createdAt } }) => (createdAt ?? 0) >= at).length;
        for (const {
          ami: { createdAt },
        } of good)
          expect(newer(createdAt)).toBeGreaterThanOrEqual(question.keep);
      }
    }));

  test('nothing goes that is young, undated or not of this image', () =>
    holds((question) => {
      for (const {
        ami: { createdAt, tags },
      } of choiceOf(question).remove) {
        expect(createdAt).toBeLessThanOrEqual(NOW - 60 * 60_000);
        expect(tags).toEqual(TAGS);
      }
    }));

  test('no snapshot goes that an AMI that stays has', () =>
    holds((question) => {
      const { remove } = choiceOf(question);
      const gone = new Set(remove.map(({ ami: { id } }) => id));
      const needed = question.inventory.amis
        .filter(({ id }) => !gone.has(id))
        .flatMap(({ snapshots }) => snapshots);
      const going = remove.flatMap(({ snapshots }) => snapshots);
      expect(going.filter((id) => needed.includes(id))).toEqual([]);
    }));

  test('choosing again after the removal removes nothing more', () =>
    holds((question) => {
      const gone = new Set(choiceOf(question).remove.map(({ ami: { id } }) => id));
      const rest = question.inventory.amis.filter(({ id }) => !gone.has(id));
      expect(choiceOf({ ...question, inventory: { ...question.inventory, amis: rest } }).remove).toEqual([]);
    }));
});

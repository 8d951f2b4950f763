import { chooseRollback } from '../../../scripts/image/choose-rollback';
import { planSharing } from '../../../scripts/image/share-image';
import { toTable } from '../../../scripts/image/to-table';
import { chooseVersion } from '../../../scripts/image/version';
import { amiOf, inventoryOf, undated } from '../../lambda/housekeeper/image-inventory';

/** Baked one, two and three nights ago. */
const amis = [1, 2, 3].map((night) =>
  amiOf(night, { id: `ami-00${night}`, name: `muster-dev-runner-2026110${night}-030000` }),
);
const versions = { environment: 'dev', image: 'runner', amis };

describe('a version', () => {
  test('is the stamp in the name, or the id', () => {
    expect(chooseVersion(versions, '20261102-030000')).toBe('ami-002');
    expect(chooseVersion(versions, 'ami-0dead')).toBe('ami-0dead');
  });

  test.each(['', '20261109-030000', 'newest', 'ami-'])(
    '%j is none: those that are there are listed',
    (wanted) => {
      expect(() => chooseVersion(versions, wanted)).toThrow(/VERSION=20261101-030000 {2}\(ami-001\)/);
    },
  );

  test('of another image is none', () => {
    expect(() => chooseVersion({ ...versions, image: 'other' }, '20261102-030000')).toThrow(
      /make ami ENV=dev IMAGE=other/,
    );
  });

  test('that two AMIs have is not guessed', () => {
    const twins = [...amis, { ...amiOf(4), name: 'muster-dev-runner-20261101-030000' }];
    expect(() => chooseVersion({ ...versions, amis: twins }, '20261101-030000')).toThrow(/There are/);
  });
});

describe('rolling back', () => {
  test('goes to what was promoted before', () => {
    expect(chooseRollback(versions, ['ami-001', 'ami-003', 'ami-002'])).toEqual({
      from: 'ami-001',
      to: 'ami-003',
    });
  });

  test.each([
    ['nothing was ever promoted', []],
    ['only one was ever promoted', ['ami-001']],
    ['the one before was deregistered', ['ami-001', 'ami-0gone', 'ami-002']],
  ])('is refused when %s, and says what is there', (_case, promoted) => {
    expect(() => chooseRollback(versions, promoted)).toThrow(/VERSION=20261102-030000/);
  });
});

describe('the table of images', () => {
  const choice = {
    keep: [
      {
        ami: amis[0] ?? amiOf(1),
        why: [{ reason: 'promoted' as const }, { reason: 'instance' as const, detail: 'i-1 running' }],
      },
    ],
    remove: [{ ami: amis[1] ?? amiOf(2), snapshots: [] }],
    orphans: [],
  };

  test('says version, age and why each stays', () => {
    const [, first, second] = toTable(inventoryOf({ amis }), choice);
    expect(first).toMatch(
      /^20261101-030000 +ami-001 +2026-11-20 05:00 .*promoted, instance \(i-1 running\)$/,
    );
    expect(second).toMatch(/^20261102-030000 +ami-002 .*housekeeping removes it$/);
  });

  test('shows one whose age nobody knows', () => {
    const keep = [{ ami: undated(amiOf(1)), why: [{ reason: 'undated' as const }] }];
    expect(toTable(inventoryOf(), { keep, remove: [], orphans: [] })[1]).toMatch(/\?.*undated/);
  });
});

describe('sharing', () => {
  const shared = (amiId: string, detail: string) => ({ amiId, reason: 'shared' as const, detail });
  const plan = (references: Parameters<typeof inventoryOf>[0] = {}, accounts = ['111', '222']) => {
    const { give, takeBack } = planSharing({
      amiId: 'ami-001',
      accounts,
      inventory: inventoryOf({ amis, ...references }),
    });
    const flat = (all: typeof give) => all.map(({ ami, accounts: whose }) => [ami.id, ...whose]);
    return { give: flat(give), takeBack: flat(takeBack) };
  };

  test('gives the promoted image to those who lack it', () => {
    expect(plan({ references: [shared('ami-001', '111')] }).give).toEqual([['ami-001', '222']]);
  });

  test('does nothing the second time', () => {
    const references = [shared('ami-001', '111'), shared('ami-001', '222')];
    expect(plan({ references })).toEqual({ give: [], takeBack: [] });
  });

  test('takes back what was promoted long ago, not what one can roll back to', () => {
    const before = { amiId: 'ami-002', reason: 'promoted-before' as const };
    const references = [before, shared('ami-002', '111'), shared('ami-003', '111')];
    expect(plan({ references }).takeBack).toEqual([['ami-003', '111']]);
  });

  test('leaves alone what somebody shared with others by hand', () => {
    expect(plan({ references: [shared('ami-003', '999')] }).takeBack).toEqual([]);
  });
});

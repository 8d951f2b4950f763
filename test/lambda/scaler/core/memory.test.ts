import fc from 'fast-check';
import { fromTag, type Memory, toTag } from '../../../../lambda/scaler/core/memory';
import { sightOf } from '../perfect';

const second = fc.integer({ min: 0, max: 4_000_000_000 }).map((s) => s * 1000);
const tries = fc.integer({ min: 0, max: 100_000 });
const launch = fc.record({ tries, until: second, since: second });
const claim = fc.record({ tries, until: second, credit: fc.integer({ min: 0, max: 5000 }) });
const spot = fc.record({ since: second, until: second });
const memory: fc.Arbitrary<Memory> = fc.record({ launch, claim, spot }, { requiredKeys: [] });

test('what is written is read back', () => {
  fc.assert(fc.property(memory, (given) => expect(fromTag(toTag(given))).toEqual(given)));
});

test('it fits a tag, and holds only characters that tags take', () => {
  fc.assert(fc.property(memory, (given) => expect(toTag(given)).toMatch(/^[a-z0-9 =.]{1,256}$/)));
});

test('what was seen does not go into the tag, so that it changes seldom', () => {
  expect(toTag({ sight: sightOf() })).toBe(toTag({}));
});

test.each([
  ['no tag', undefined],
  ['an empty tag', ''],
  ['another version', 'v2 l=1.2.3'],
  ['a part that is unknown', 'v1 x=1.2.3'],
  ['a number too few', 'v1 l=1.2'],
  ['a number too many', 'v1 s=1.2.3'],
  ['no number', 'v1 l=1.-2.3'],
  ['a number too long to be one of ours', 'v1 l=1.zzzzzzzzz.3'],
  ['more than a tag can hold', `v1 ${'l=1.2.3 '.repeat(60)}`],
])('%s is nothing remembered', (_what, text) => {
  expect(fromTag(text)).toEqual({});
});

test('what earlier versions wrote is read', () => {
  expect(fromTag('v1 l=1.2.3 c=4.5.6')).toEqual({
    launch: { tries: 1, until: 2000, since: 3000 },
    claim: { tries: 4, until: 5000, credit: 6 },
  });
});

test('any text is read without a throw', () => {
  fc.assert(fc.property(fc.string(), (text) => void fromTag(text)));
  fc.assert(fc.property(fc.string(), (text) => void fromTag(`v1 ${text}`)));
});

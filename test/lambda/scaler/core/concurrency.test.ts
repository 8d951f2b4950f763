import fc from 'fast-check';
import { type Asking, shareConcurrency } from '../../../../lambda/scaler/core/concurrency';

const asking = (desired: number, want: number, slots = 1): Asking => ({ desired, want, slots });

test.each<[rule: string, fleets: Asking[], concurrency: number, expected: number[]]>([
  ['all get what they want when it fits', [asking(0, 3), asking(0, 4)], 10, [3, 4]],
  ['equal wants share equally', [asking(0, 10), asking(0, 10)], 10, [5, 5]],
  ['who wants little gets it, the rest goes to the others', [asking(0, 2), asking(0, 90)], 10, [2, 8]],
  ['who has least grows first', [asking(6, 10), asking(0, 10)], 10, [6, 4]],
  ['nobody shrinks', [asking(8, 0), asking(4, 9)], 10, [8, 4]],
  ['an odd one goes to the first', [asking(0, 9), asking(0, 9), asking(0, 9)], 10, [4, 3, 3]],
  ['instances with slots count their jobs', [asking(0, 9, 4), asking(0, 9)], 10, [1, 6]],
  ['no fleet, no share', [], 10, []],
])('%s', (_rule, fleets, concurrency, expected) => {
  expect(shareConcurrency(fleets, concurrency)).toEqual(expected);
});

const fleet = fc.record({
  desired: fc.integer({ min: 0, max: 50 }),
  want: fc.integer({ min: 0, max: 200 }),
  slots: fc.integer({ min: 1, max: 4 }),
});
const fleets = fc.array(fleet, { maxLength: 20 });
const limit = fc.integer({ min: 1, max: 500 });
const jobs = (shares: number[], given: Asking[]) =>
  shares.reduce((sum, share, i) => sum + share * (given[i]?.slots ?? 0), 0);

test('growth never passes the limit, nobody shrinks, nobody gets more than wanted', () => {
  fc.assert(
    fc.property(fleets, limit, (given, concurrency) => {
      const shares = shareConcurrency(given, concurrency);
      const had = jobs(
        given.map(({ desired }) => desired),
        given,
      );
      expect(jobs(shares, given)).toBeLessThanOrEqual(Math.max(concurrency, had));
      given.forEach(({ desired, want }, i) => {
        expect(shares[i]).toBeGreaterThanOrEqual(desired);
        expect(shares[i]).toBeLessThanOrEqual(Math.max(desired, want));
      });
    }),
  );
});

test('nothing is left over while somebody wants an instance that fits', () => {
  fc.assert(
    fc.property(fleets, limit, (given, concurrency) => {
      const shares = shareConcurrency(given, concurrency);
      const left = concurrency - jobs(shares, given);
      given.forEach(({ want, slots }, i) => {
        if ((shares[i] ?? 0) < want) expect(left).toBeLessThan(slots);
      });
    }),
  );
});

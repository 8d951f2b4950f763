import fc from 'fast-check';
import { decide } from '../../../../lambda/scaler/core/decide';
import { decideWake } from '../../../../lambda/scaler/core/decide-wake';
import type { KnownCapacity, Launch } from '../../../../lambda/scaler/core/types';
import { capacityOf, ids, NOW, settingsOf, sightOf, situationOf, WORKING_HOURS } from '../perfect';
import { live, type Plan } from './world';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const spot = { percent: 80, fallbackMinutes: 10 };
const noSpot = (agoMs: number): Launch => ({
  endedAt: NOW - agoMs,
  result: 'failed',
  message: 'There is no Spot capacity available that matches your request. Launching EC2 instance failed.',
});
const noCapacity = (agoMs: number): Launch => ({ ...noSpot(agoMs), message: 'InsufficientInstanceCapacity' });
const worked = (agoMs: number): Launch => ({ endedAt: NOW - agoMs, result: 'succeeded', message: '' });
const failing = [noSpot(1_000), noSpot(MINUTE), noSpot(2 * MINUTE)];

/** A job waits, one instance is desired, and spot launches have failed for eleven minutes. */
const starving = (capacity: Partial<KnownCapacity> = {}, given = {}) =>
  situationOf({
    settings: settingsOf({ spot, ...given }),
    capacity: capacityOf({ desired: 1, onDemandPercent: 20, launches: failing, ...capacity }),
    memory: { spot: { since: NOW - 11 * MINUTE, until: 0 } },
  });
const fallback = { spot: { since: NOW - HOUR, until: NOW + 5 * MINUTE } };

describe('falling back', () => {
  test('after minutes without spot capacity on-demand instances are bought, for an hour', () => {
    expect(decide(starving())).toMatchObject({
      onDemandPercent: 100,
      memory: { spot: { until: NOW + HOUR } },
    });
  });
  test('not earlier', () => {
    const memory = { spot: { since: NOW - 9 * MINUTE, until: 0 } };
    expect(decide({ ...starving(), memory })).toMatchObject({ onDemandPercent: 20, memory });
  });
  test('the time begins with the first failure of the row', () => {
    expect(decide({ ...starving(), memory: {} }).memory.spot).toEqual({ since: NOW - 2 * MINUTE, until: 0 });
  });
  test.each([
    ['a launch that worked', worked(MINUTE)],
    ['a failure of another kind', noCapacity(MINUTE)],
    ['a failure of long ago', noSpot(16 * MINUTE)],
  ])('%s interrupts the row', (_what, other) => {
    const launches = [noSpot(1_000), other, noSpot(17 * MINUTE)];
    expect(decide({ ...starving({ launches }), memory: {} }).memory.spot?.since).toBe(NOW - 1_000);
  });
  test('what fails for another reason is no lack of spot capacity', () => {
    const launches = [noCapacity(1_000), noCapacity(MINUTE)];
    expect(decide({ ...starving({ launches }), memory: {} }).memory.spot).toBeUndefined();
  });
  test('nobody who waits, nothing to buy', () => {
    const demand = { kind: 'known' as const, queued: 0, running: 0 };
    expect(decide({ ...starving(), demand })).toMatchObject({
      onDemandPercent: 20,
      memory: { spot: undefined },
    });
  });
  test('a group that has, or gets, what it desires shows that there is capacity', () => {
    const filled = starving({ inService: [], pending: ['p-1'] });
    expect(decide(filled)).toMatchObject({ onDemandPercent: 20, memory: { spot: undefined } });
  });
  test('a success of a fleet of spot instances alone does too', () => {
    const launches = [worked(1_000), ...failing];
    const given = starving({ desired: 5, launches, onDemandPercent: 0 }, { spot: { ...spot, percent: 100 } });
    expect(decide(given)).toMatchObject({ onDemandPercent: 0, memory: { spot: undefined } });
  });
  test('the back-off of launches that failed ends with it, and the fleet grows by all that waits', () => {
    const given = starving({ desired: 0 });
    const memory = { ...given.memory, launch: { tries: 3, until: NOW + 4 * MINUTE, since: NOW - MINUTE } };
    const outcome = decide({ ...given, demand: { kind: 'known', queued: 7, running: 0 }, memory });
    expect(outcome.decision).toMatchObject({ kind: 'grow', to: 7, reason: 'queue' });
    expect(outcome.memory.launch).toBeUndefined();
  });
  test('what failed before says nothing about on-demand instances', () => {
    const until = NOW + HOUR - 10_000;
    const outcome = decide({ ...starving(), memory: { spot: { since: NOW - 11 * MINUTE, until } } });
    expect(outcome.decision).toMatchObject({ kind: 'hold', reason: 'enough' });
  });
  test('what fails afterwards is failing launches as ever', () => {
    const launches = [noCapacity(1_000), noCapacity(MINUTE), noCapacity(2 * MINUTE)];
    const memory = { spot: { since: NOW - HOUR, until: NOW + HOUR / 2 } };
    expect(decide({ ...starving({ launches }), memory }).decision.reason).toBe('launch-failing');
  });
  test('while processes are suspended nothing is concluded', () => {
    expect(decide(starving({ suspended: ['Launch'] })).onDemandPercent).toBe(20);
  });
  test.each([
    ['nothing is known to have failed', []],
    ['the last failure is long ago', [noSpot(16 * MINUTE)]],
    ['what fails now is another thing', [noCapacity(1_000)]],
  ])('a gap is no lack of spot capacity while %s', (_what, launches) => {
    expect(decide(starving({ launches })).onDemandPercent).toBe(20);
  });
  test('a back-off is one, in which no activities are read', () => {
    const given = starving({ desired: 0, launches: [] });
    const memory = { ...given.memory, launch: { tries: 3, until: NOW + 4 * MINUTE, since: NOW - MINUTE } };
    expect(decide({ ...given, memory }).onDemandPercent).toBe(100);
  });
  test('a wake-up leaves it to the minute', () => {
    expect(decideWake(starving())).toMatchObject({ onDemandPercent: undefined });
  });
});

describe('while the CI tells a part of the demand', () => {
  const few = {
    kind: 'partial' as const,
    queued: 0,
    running: 0,
    problem: 'timeout' as const,
    detail: '',
  };
  test('a failure is kept, for nobody knows who waits', () => {
    const given = starving({ inService: [], pending: [] });
    expect(decide({ ...given, demand: few }).memory.spot).toEqual(given.memory.spot);
  });
  test('a group that gets what it desires shows that there is capacity', () => {
    const given = starving({ inService: ['i-0'], launches: [] });
    for (const demand of [few, { ...few, queued: 1 }])
      expect(decide({ ...given, demand }).memory.spot).toBeUndefined();
  });
  test('a success of a fleet of spot instances alone does too', () => {
    const launches = [worked(1_000), ...failing];
    const given = starving({ desired: 5, launches }, { spot: { ...spot, percent: 100 } });
    expect(decide({ ...given, demand: few }).memory.spot).toBeUndefined();
  });
});

describe('while it lasts', () => {
  test.each([
    ['in a fleet without a job', { demand: { kind: 'known' as const, queued: 0, running: 0 } }],
    ['in a closed fleet', { settings: settingsOf({ spot, hours: { ...WORKING_HOURS, week: {} } }) }],
    [
      'while the CI is down',
      { demand: { kind: 'unknown' as const, problem: 'timeout' as const, detail: '' } },
    ],
  ])('it stays %s', (_where, given) => {
    const outcome = decide({ ...starving(), memory: fallback, ...given });
    expect(outcome).toMatchObject({ onDemandPercent: 100, memory: { spot: fallback.spot } });
  });
  test('it ends at its time', () => {
    const over = { spot: { since: NOW - 2 * HOUR, until: NOW } };
    expect(decide({ ...starving({ launches: [] }), memory: over })).toMatchObject({
      onDemandPercent: 20,
      memory: { spot: undefined },
    });
  });
});

describe('the share of the config', () => {
  test('is put back when somebody changed it', () => {
    const given = situationOf({
      settings: settingsOf({ spot }),
      capacity: capacityOf({ inService: ids(2), onDemandPercent: 55 }),
    });
    expect(decide(given).onDemandPercent).toBe(20);
  });
  test('is not the business of the scaler in a fleet without spot instances', () => {
    const given = situationOf({ capacity: capacityOf({ onDemandPercent: 55 }), memory: fallback });
    expect(decide(given).onDemandPercent).toBeUndefined();
  });
  test('holds for ever in a fleet that is never to fall back', () => {
    const given = starving({}, { spot: { percent: 80, fallbackMinutes: 0 } });
    for (const memory of [given.memory, fallback])
      expect(decide({ ...given, memory }).onDemandPercent).toBe(20);
  });
});

describe('in time', () => {
  const jobs = Array.from({ length: 6 }, (_, i) => ({ at: i * 30, seconds: 60 }));
  const share = fc.constantFrom(100, 80, 50, 20);
  const starved = fc.record({
    percent: share,
    fallbackMinutes: fc.constantFrom(1, 5, 10, 30),
    boot: fc.integer({ min: 10, max: 60 }),
    outage: fc.integer({ min: 0, max: 600 }),
    coldStart: fc.boolean(),
  });
  const planOf = (given: { percent: number; fallbackMinutes: number; boot: number }): Plan => ({
    jobs,
    boot: given.boot,
    settings: { max: 20, spot: { percent: given.percent, fallbackMinutes: given.fallbackMinutes } },
  });

  test('with spot capacity nothing is ever bought otherwise, whatever else fails', () => {
    const faults = fc.constantFrom('works' as const, 'abandons' as const, 'refused' as const);
    fc.assert(
      fc.property(starved, fc.array(faults, { minLength: 1 }), (given, fates) => {
        const launch = (_second: number, n: number) => fates[n % fates.length] ?? 'works';
        const { onDemandPercent } = live({ ...planOf(given), launch }, 3600);
        expect(new Set(onDemandPercent)).toEqual(new Set([100 - given.percent]));
      }),
      { numRuns: 30 },
    );
  });

  test('without spot capacity all jobs are served after the minutes of the config, and spot is tried again', () => {
    fc.assert(
      fc.property(starved, (given) => {
        const coldStart = (second: number) => given.coldStart && second % 60 === 0;
        const story = live({ ...planOf(given), spot: () => false, coldStart }, 3 * 3600);
        expect(story.waits).toHaveLength(jobs.length);
        // To the minutes come the poll that sees it, the boot, and the reading of the activities once a minute.
        expect(Math.max(...story.waits)).toBeLessThan(given.fallbackMinutes * 60 + given.boot + 240);
        expect(story.onDemandPercent.at(-1)).toBe(100 - given.percent);
        const lasted = story.onDemandPercent.filter((percent) => percent === 100).length;
        expect(lasted % 3600).toBeLessThanOrEqual(20);
      }),
      { numRuns: 30 },
    );
  });

  // Launches are tried again at the latest after as much time as they have failed.
  test('a shortage that ends before half of them are over brings no on-demand instance', () => {
    fc.assert(
      fc.property(starved, (given) => {
        const end = given.fallbackMinutes * 30 - 60;
        const story = live({ ...planOf(given), spot: (second) => second >= end }, 3600);
        expect(new Set(story.onDemandPercent)).toEqual(new Set([100 - given.percent]));
        expect(story.waits).toHaveLength(jobs.length);
      }),
      { numRuns: 30 },
    );
  });
});

test('the share is that of the config or all, whatever the memory says', () => {
  const seconds = fc.integer({ min: -7200, max: 7200 }).map((s) => NOW + s * 1000);
  fc.assert(
    fc.property(
      fc.record({ since: seconds, until: fc.oneof(fc.constant(0), seconds) }),
      fc.constantFrom(1, 80, 100),
      fc.integer({ min: 0, max: 240 }),
      (memory, percent, fallbackMinutes) => {
        const given = starving({}, { spot: { percent, fallbackMinutes } });
        const outcome = decide({ ...given, memory: { spot: memory, sight: sightOf() } });
        const all = outcome.memory.spot && outcome.memory.spot.until > NOW;
        expect(outcome.onDemandPercent).toBe(all ? 100 : 100 - percent);
        if (fallbackMinutes === 0) expect(all).toBeFalsy();
      },
    ),
  );
});

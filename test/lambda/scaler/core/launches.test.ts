import { decide } from '../../../../lambda/scaler/core/decide';
import { judgeLaunches, looksStuck } from '../../../../lambda/scaler/core/launches';
import type { KnownCapacity, Launch } from '../../../../lambda/scaler/core/types';
import { capacityOf, ids, NOW, sightOf, situationOf } from '../perfect';
import { live } from './world';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const failed = (agoMs: number): Launch => ({
  endedAt: NOW - agoMs,
  result: 'failed',
  message: 'no capacity',
});
const worked = (agoMs: number): Launch => ({ endedAt: NOW - agoMs, result: 'succeeded', message: '' });
const three = [failed(SECOND), failed(MINUTE), failed(2 * MINUTE)];
const failing = (given: Partial<KnownCapacity> = {}) =>
  situationOf({ capacity: capacityOf({ desired: 4, launches: three, ...given }) });
const backingOff = { launch: { tries: 1, until: NOW + SECOND, since: NOW - MINUTE } };
const retrying = { launch: { tries: 1, until: NOW - SECOND, since: NOW - 2 * MINUTE } };

describe('cancelling', () => {
  test('after several failed launches in a row, what nothing fills is cancelled', () => {
    const { decision, memory } = decide(failing());
    expect(decision).toMatchObject({ kind: 'cancel', to: 0, reason: 'launch-failing' });
    expect(memory.launch).toEqual({ tries: 1, until: NOW + MINUTE, since: NOW });
  });
  test('two failures are not several', () => {
    expect(decide(failing({ launches: three.slice(1) })).decision.kind).toBe('hold');
  });
  test('in a burst three fail by chance, beside many that boot', () => {
    const burst = (pending: number, count: number) =>
      failing({
        desired: 60,
        pending: ids(pending, 'p'),
        launches: Array.from({ length: count }, () => failed(SECOND)),
      });
    expect(decide(burst(50, 3)).decision.reason).not.toBe('launch-failing');
    expect(decide(burst(20, 4)).decision.reason).not.toBe('launch-failing');
    // One for four that are pending is not by chance, nor are ten.
    expect(decide(burst(20, 5)).decision).toMatchObject({ kind: 'cancel', reason: 'launch-failing' });
    expect(decide(burst(500, 10)).decision).toMatchObject({ kind: 'cancel', reason: 'launch-failing' });
  });
  test('a launch that worked in between ends the row', () => {
    const launches = [failed(SECOND), failed(MINUTE), worked(2 * MINUTE), failed(3 * MINUTE)];
    expect(decide(failing({ launches })).decision.kind).toBe('hold');
  });
  test('failures of long ago are another story', () => {
    const launches = [failed(16 * MINUTE), failed(17 * MINUTE), failed(18 * MINUTE)];
    expect(decide(failing({ launches })).decision.kind).toBe('hold');
  });
  test('beside an instance in service, nothing that exists is given up', () => {
    const { decision } = decide(failing({ desired: 6, inService: ids(2), pending: ids(1, 'p'), other: 1 }));
    expect(decision).toMatchObject({ kind: 'cancel', to: 4 });
  });
  test('without an instance in service, pending ones are given up: none can have a job', () => {
    expect(decide(failing({ pending: ids(4, 'p') })).decision).toMatchObject({ kind: 'cancel', to: 0 });
  });
  test("the group's Min stays", () => {
    expect(decide(failing({ min: 1 })).decision).toMatchObject({ kind: 'cancel', to: 1 });
  });
  test('launches that come and go are seen without the scaling activities', () => {
    const memory = { sight: sightOf({ desired: 1, pending: ['p-2'], failedLaunches: 2 }) };
    const capacity = capacityOf({ desired: 1, pending: ['p-3'] });
    expect(decide(situationOf({ memory, capacity })).decision).toMatchObject({ kind: 'cancel', to: 0 });
  });
  test('an instance that did a short job between two polls did not fail, though the fleet grew meanwhile', () => {
    const memory = { sight: sightOf({ desired: 5, pending: ['p-1', 'p-2', 'p-3'], failedLaunches: 2 }) };
    const capacity = capacityOf({ desired: 2, pending: ['p-4', 'p-5'] });
    expect(decide(situationOf({ memory, capacity })).memory.sight?.failedLaunches).toBe(2);
  });
  test('an instance that somebody took back by a lower desired did not fail', () => {
    const memory = { sight: sightOf({ desired: 2, pending: ['p-1', 'p-2'], failedLaunches: 2 }) };
    const capacity = capacityOf({ desired: 1, pending: ['p-1'] });
    expect(decide(situationOf({ memory, capacity })).decision.kind).toBe('hold');
  });
});

describe('trying again', () => {
  test('while it backs off it does not grow', () => {
    expect(decide(situationOf({ memory: backingOff })).decision).toMatchObject({
      kind: 'hold',
      reason: 'launch-failing',
    });
  });
  test('while it backs off, a desired that somebody raised is cancelled too', () => {
    const capacity = capacityOf({ desired: 9 });
    expect(decide(situationOf({ memory: backingOff, capacity })).decision).toMatchObject({
      kind: 'cancel',
      to: 0,
    });
  });
  test('then one launch is tried, whatever waits', () => {
    const demand = { kind: 'known' as const, queued: 50, running: 2 };
    const capacity = capacityOf({ inService: ids(2) });
    expect(decide(situationOf({ memory: retrying, demand, capacity })).decision).toMatchObject({
      kind: 'grow',
      to: 3,
      reason: 'launch-failing',
    });
  });
  test('one at a time', () => {
    const demand = { kind: 'known' as const, queued: 50, running: 0 };
    const capacity = capacityOf({ pending: ids(1) });
    expect(decide(situationOf({ memory: retrying, demand, capacity })).decision.kind).toBe('hold');
  });
  test('one more failure doubles the back-off', () => {
    const { memory } = decide({ ...failing({ desired: 1, launches: [failed(0)] }), memory: retrying });
    expect(memory.launch).toEqual({ tries: 2, until: NOW + 2 * MINUTE, since: NOW });
  });
  test('what ended during the back-off had been begun before it', () => {
    const launch = { tries: 1, until: NOW - SECOND, since: NOW - MINUTE };
    const given = { ...failing({ desired: 1, launches: [failed(2 * SECOND)] }), memory: { launch } };
    expect(decide(given).memory.launch).toEqual(launch);
  });
  test('the back-off ends at half an hour', () => {
    const launch = { tries: 30, until: NOW - SECOND, since: NOW - MINUTE };
    const { memory } = decide({ ...failing({ desired: 1, launches: [failed(0)] }), memory: { launch } });
    expect(memory.launch?.until).toBe(NOW + 30 * MINUTE);
  });
  test('an instance in service ends it, and the fleet grows as before', () => {
    const demand = { kind: 'known' as const, queued: 50, running: 0 };
    const memory = { ...retrying, sight: sightOf({ desired: 1, pending: ['i-0'] }) };
    const outcome = decide(situationOf({ memory, demand, capacity: capacityOf({ inService: ['i-0'] }) }));
    expect(outcome.memory.launch).toBeUndefined();
    expect(outcome.decision).toMatchObject({ kind: 'grow', to: 50, reason: 'queue' });
  });
  test('after a cold start, the activities tell that a launch worked', () => {
    const given = { ...failing({ desired: 2, inService: ids(1), launches: [worked(0)] }), memory: retrying };
    expect(decide(given).memory.launch).toBeUndefined();
  });
  test('it is forgotten when nobody needs the fleet for an hour', () => {
    const launch = { tries: 4, until: NOW - 61 * MINUTE, since: NOW - 70 * MINUTE };
    expect(decide(situationOf({ memory: { launch } })).memory.launch).toBeUndefined();
  });
});

describe('what is worth a request', () => {
  const short = capacityOf({ desired: 1 });
  test.each([
    ['a fleet that has what it desires is not', {}, capacityOf({ inService: ids(1) }), false],
    ['a boot of less than a minute is not', { sight: sightOf({ shortSince: NOW - 59_000 }) }, short, false],
    ['a fleet short for a minute is', { sight: sightOf({ shortSince: NOW - MINUTE }) }, short, true],
    ['a launch that came and went is', { sight: sightOf({ failedLaunches: 1 }) }, short, true],
    ['a launch that is tried again is', retrying, short, true],
    ['a back-off is not', backingOff, short, false],
    ['a cold start is not', {}, short, false],
  ])('%s', (_rule, memory, capacity, expected) => {
    expect(looksStuck(memory, capacity, NOW)).toBe(expected);
  });
});

test('without failures nothing is limited', () => {
  const sight = sightOf();
  const change = { arrived: false, claimed: 0, ended: 0, unused: 0, leaving: 0 };
  expect(judgeLaunches(undefined, { capacity: capacityOf(), sight, change, now: NOW })).toEqual({
    launch: undefined,
    cap: Infinity,
    cancelTo: undefined,
  });
});

describe('in time', () => {
  const jobs = Array.from({ length: 5 }, () => ({ at: 0, seconds: 60 }));
  const hour = 3600;
  test.each(['abandons', 'refused'] as const)('launches that fail (%s) do not run hot', (fate) => {
    const { launches, decisions } = live({ jobs, launch: () => fate, boot: 20 }, 2 * hour);
    // A dozen before it is noticed, then one or two a try: 1, 2, 4, … 30 minutes apart.
    expect(launches).toBeLessThan(40);
    expect(decisions.at(-1)?.decision.reason).toBe('launch-failing');
  });
  test.each(['abandons', 'refused'] as const)(
    'when launches work again (%s), all jobs are served',
    (fate) => {
      const story = live({ jobs, launch: (second) => (second < 900 ? fate : 'works') }, 2 * hour);
      expect(story.waits).toHaveLength(5);
      expect(story.queued + story.running).toBe(0);
      expect(story.desired.at(-1)).toBe(0);
      expect(Math.max(...story.waits)).toBeLessThan(900 + 16 * 60);
    },
  );
  test('also when the scaler forgets what it saw every minute', () => {
    const coldStart = (second: number) => second % 60 === 0;
    const story = live(
      { jobs, launch: (second) => (second < 900 ? 'abandons' : 'works'), coldStart },
      2 * hour,
    );
    expect(story.waits).toHaveLength(5);
  });
  test('one launch that fails among others is no fault', () => {
    const story = live({ jobs, launch: (_second, launch) => (launch === 2 ? 'abandons' : 'works') }, hour);
    expect(story.decisions.map(({ decision }) => decision.reason)).not.toContain('launch-failing');
    expect(story.waits).toHaveLength(5);
  });
});

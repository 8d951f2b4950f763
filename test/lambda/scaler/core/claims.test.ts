import { decide } from '../../../../lambda/scaler/core/decide';
import type { Memory } from '../../../../lambda/scaler/core/memory';
import type { Sight } from '../../../../lambda/scaler/core/sight';
import { capacityOf, ids, NOW, sightOf, situationOf } from '../perfect';
import { live } from './world';

const MINUTE = 60_000;
const at = (queued: number, running: number) => ({ kind: 'known' as const, queued, running });
/** Two idle instances have just left, while five jobs were queued all the time. */
const left = situationOf({
  demand: at(5, 0),
  memory: { sight: sightOf({ queued: 5, desired: 2, inService: ids(2) }) },
});
const backingOff = { claim: { tries: 1, until: NOW + 1000, credit: 0 } };
const probing = { claim: { tries: 1, until: NOW - 1000, credit: 0 } };

describe('noticing', () => {
  test('instances that leave unused while jobs stay queued end full growth', () => {
    const { decision, memory } = decide(left);
    expect(decision).toMatchObject({ kind: 'hold', reason: 'not-claimed' });
    expect(memory.claim).toEqual({ tries: 1, until: NOW + MINUTE, credit: 0 });
  });
  test.each([
    ['when no job was queued before', sightOf({ queued: 0, inService: ids(2) })],
    ['when only one left', sightOf({ queued: 5, inService: ids(1) })],
    ['when each did a job', sightOf({ queued: 5, running: 2, inService: ids(2) })],
    ['when one of two did a job', sightOf({ queued: 5, running: 1, inService: ids(2) })],
    ['when jobs shorter than a poll are missing from the queue', sightOf({ queued: 7, inService: ids(2) })],
    ['when each did a short job between two polls', sightOf({ queued: 7, inService: ids(2) })],
    ['when nobody knows what happened', sightOf({ at: NOW - 6 * MINUTE, queued: 5, inService: ids(2) })],
  ])('not %s', (_what, sight) => {
    expect(decide({ ...left, memory: { sight } }).memory.claim).toBeUndefined();
  });
  test('an instance that leaves just after the look that saw its job end did not leave unused', () => {
    const before = sightOf({ queued: 5, running: 2, inService: ids(2) });
    const still = situationOf({
      demand: at(5, 0),
      capacity: capacityOf({ inService: ids(2) }),
      memory: { sight: before },
    });
    const { sight } = decide(still).memory;
    expect(sight?.leaving).toBe(2);
    expect(decide({ ...left, memory: { sight: { ...sight, at: before.at } as Sight } }).memory).toMatchObject(
      {
        claim: undefined,
        sight: { unused: 0 },
      },
    );
    // Of the look before, and not for ever.
    expect(
      decide({ ...left, memory: { sight: { ...before, running: 0, leaving: 0 } } }).memory.claim,
    ).toBeDefined();
  });
  test('an instance that was killed in mid-job did not leave unused', () => {
    const memory = { sight: sightOf({ queued: 5, running: 3, inService: ids(3) }) };
    expect(decide({ ...left, demand: at(5, 3), memory }).memory.claim).toBeUndefined();
  });
  test('it adds up over polls, less what is claimed', () => {
    const memory = { sight: sightOf({ queued: 5, inService: ids(1), unused: 1 }) };
    expect(decide({ ...left, memory }).memory.claim).toBeDefined();
    expect(decide({ ...left, demand: at(4, 1), memory }).memory.sight?.unused).toBe(0);
  });
  test('as many must leave unused as run jobs: counts cannot tell a leaver from a turnover', () => {
    const memory = { sight: sightOf({ queued: 5, running: 4, inService: ids(9) }) };
    const given = { ...left, demand: at(5, 4), memory };
    expect(decide({ ...given, capacity: capacityOf({ inService: ids(6) }) }).memory.claim).toBeUndefined();
    expect(decide({ ...given, capacity: capacityOf({ inService: ids(4) }) }).memory.claim).toBeDefined();
  });
});

describe('probing', () => {
  const grown = (demand: ReturnType<typeof at>, memory: Memory, inService: number) =>
    decide(situationOf({ demand, memory, capacity: capacityOf({ inService: ids(inService) }) }));

  test('while it backs off it does not grow', () => {
    expect(grown(at(5, 0), backingOff, 0).decision).toMatchObject({ kind: 'hold', reason: 'not-claimed' });
  });
  test('then one instance more is tried, and the next one later', () => {
    const { decision, memory } = grown(at(50, 3), probing, 3);
    expect(decision).toMatchObject({ kind: 'grow', to: 4, reason: 'not-claimed' });
    expect(memory.claim).toEqual({ tries: 2, until: NOW + 2 * MINUTE, credit: 0 });
  });
  test("an agent that hangs is in nobody's way", () => {
    expect(grown(at(50, 0), probing, 3).decision).toMatchObject({ kind: 'grow', to: 4 });
  });
  test('a job that is claimed earns two', () => {
    const memory = { ...backingOff, sight: sightOf({ queued: 5, desired: 1, inService: ids(1) }) };
    const outcome = grown(at(4, 1), memory, 1);
    expect(outcome.decision).toMatchObject({ kind: 'grow', to: 3, reason: 'not-claimed' });
    expect(outcome.memory.claim?.credit).toBe(0);
  });
  test('a job that ended earns its replacement', () => {
    const memory = {
      ...backingOff,
      sight: sightOf({ queued: 5, running: 3, desired: 3, inService: ids(3) }),
    };
    expect(grown(at(5, 2), memory, 2).decision).toMatchObject({ kind: 'grow', to: 3, reason: 'not-claimed' });
  });
  test('what was launched is no longer earned', () => {
    const claim = { ...backingOff.claim, credit: 3 };
    expect(grown(at(5, 0), { claim }, 0).memory.claim?.credit).toBe(0);
  });
  test('it ends when much was claimed', () => {
    const memory = { ...backingOff, sight: sightOf({ queued: 99, inService: ids(17) }) };
    expect(grown(at(82, 17), memory, 17).memory.claim).toBeUndefined();
  });
  test('it ends with the queue', () => {
    expect(grown(at(0, 0), backingOff, 0).memory.claim).toBeUndefined();
  });
});

describe('in time', () => {
  const jobs = Array.from({ length: 20 }, () => ({ at: 0, seconds: 120 }));
  const hour = 3600;
  test('jobs that nobody may claim cost a probe now and then, not the full bill', () => {
    const { launches, decisions } = live({ jobs, claimable: () => 0 }, 4 * hour);
    // The first wave and the one that "stayed queued" asks for, then 1, 2, 4, … 30 minutes apart.
    expect(launches).toBeLessThan(60);
    expect(decisions.at(-1)?.decision.reason).toBe('not-claimed');
  });
  test('when they may be claimed, all are served', () => {
    const story = live({ jobs, claimable: (second) => (second < 600 ? 0 : Infinity) }, 2 * hour);
    expect(story.waits).toHaveLength(20);
    expect(story.desired.at(-1)).toBe(0);
  });
  test("under a plan's limit that nobody told us, the fleet stays near the limit and serves all", () => {
    const many = Array.from({ length: 60 }, (_, i) => ({ at: 0, seconds: 100 + (i % 7) * 15 }));
    const story = live({ jobs: many, claimable: () => 5 }, hour);
    expect(story.waits).toHaveLength(60);
    // Two waves of full growth before it is noticed, then about one launch a job and one more for every job.
    expect(story.launches).toBeLessThan(250);
    expect(Math.max(...story.desired.slice(600))).toBeLessThanOrEqual(15);
  });
});

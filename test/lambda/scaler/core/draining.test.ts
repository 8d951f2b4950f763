import fc from 'fast-check';
import { decide } from '../../../../lambda/scaler/core/decide';
import type { Memory } from '../../../../lambda/scaler/core/memory';
import type { Sight } from '../../../../lambda/scaler/core/sight';
import type { Decision, KnownCapacity } from '../../../../lambda/scaler/core/types';
import { capacityOf, ids, NOW, settingsOf, sightOf, situationOf } from '../perfect';
import { live } from './world';

const at = (queued: number, running: number) => ({ kind: 'known' as const, queued, running });
const decideFor = (queued: number, running: number, capacity: Partial<KnownCapacity>, given = {}) =>
  decide(situationOf({ demand: at(queued, running), capacity: capacityOf(capacity), ...given })).decision;
/** So many drain, and did at the last poll. */
const draining = (count: number, sight: Partial<Sight> = {}) => ({
  capacity: { draining: ids(count, 'd') },
  memory: { sight: sightOf({ queued: 0, draining: ids(count, 'd'), ...sight }) },
});

describe('instances that drain', () => {
  const two = draining(2, { inService: ids(2), running: 2 });

  test('bring no others for the jobs that they finish', () => {
    const { capacity, memory } = draining(3, { running: 3 });
    expect(decideFor(0, 3, capacity, { memory })).toMatchObject({ kind: 'hold', reason: 'idle' });
  });
  test('hide no idle instance: a job that waits goes there', () => {
    expect(decideFor(1, 2, { ...two.capacity, inService: ids(2) }, { memory: two.memory })).toMatchObject({
      reason: 'enough',
    });
  });
  test('are no capacity: a job that waits gets an instance', () => {
    const { capacity, memory } = draining(1, { running: 1 });
    expect(decideFor(1, 1, capacity, { memory })).toMatchObject({ kind: 'grow', to: 1 });
  });
  test('with several jobs each count one, so that nobody waits for a mistake', () => {
    const { capacity, memory } = draining(1, { running: 4, inService: ids(1) });
    const settings = settingsOf({ slots: 4 });
    expect(decideFor(3, 4, { ...capacity, inService: ids(1) }, { memory, settings })).toMatchObject({
      to: 2,
    });
  });
  test('say nothing where all are protected', () => {
    const settings = settingsOf({ protection: 'all' });
    const { memory } = two;
    expect(decideFor(1, 2, { ...two.capacity, inService: ids(2) }, { memory, settings })).toMatchObject({
      to: 3,
    });
  });
  test('say nothing at first sight: who leaves after its job is gone in a moment', () => {
    const memory = { sight: sightOf({ running: 3, inService: ids(3) }) };
    const capacity = { ...two.capacity, inService: ids(2) };
    expect(decideFor(1, 2, capacity, { memory })).toMatchObject({ kind: 'grow', to: 3 });
  });
  test('have not left unused, though no job ended', () => {
    const { capacity } = draining(2);
    const memory = { sight: sightOf({ running: 2, inService: [...ids(2, 'd'), ...ids(2)] }) };
    const outcome = (given: Partial<KnownCapacity>) =>
      decide(
        situationOf({
          demand: at(1, 2),
          capacity: capacityOf({ inService: ids(2), ...given }),
          memory,
        }),
      );
    expect(outcome(capacity).memory.claim).toBeUndefined();
    expect(outcome({ held: ids(2, 'd') }).memory.claim).toBeUndefined();
    expect(outcome({}).memory.claim).toBeDefined();
  });
  test('do not hide a job that stays queued beside an instance that hangs', () => {
    const stuck = { since: NOW - 10_000, inService: 1, queued: 1 };
    const { capacity, memory } = draining(1, { queued: 1, running: 1, inService: ids(1), stuck });
    expect(decideFor(1, 1, { ...capacity, inService: ids(1) }, { memory })).toMatchObject({
      to: 2,
      reason: 'stayed-queued',
    });
  });
});

describe('held instances', () => {
  const held = ['i-9'];
  test('are no capacity', () => {
    expect(decideFor(1, 0, { held })).toMatchObject({ kind: 'grow', to: 1 });
  });
  test('bring no other for the job that they finish', () => {
    expect(decideFor(0, 1, { held })).toMatchObject({ kind: 'hold', reason: 'idle' });
    expect(decideFor(0, 1, { held, inService: ids(1) })).toMatchObject({ kind: 'hold', reason: 'enough' });
  });
  test('take no place of those that are desired: what nothing fills is cancelled, and one is tried', () => {
    const launches = [1, 2, 3].map((n) => ({
      endedAt: NOW - n * 1000,
      result: 'failed' as const,
      message: '',
    }));
    expect(decideFor(4, 0, { held, desired: 4, launches })).toMatchObject({ kind: 'cancel', to: 0 });
    const memory = { launch: { tries: 1, until: NOW - 1000, since: NOW - 60_000 } };
    expect(decideFor(4, 0, { held }, { memory })).toMatchObject({ kind: 'grow', to: 1 });
  });
});

const count = fc.integer({ min: 0, max: 40 });

test('instances that left the count early are replaced at the next poll exactly as demand needs', () => {
  fc.assert(
    fc.property(
      fc.record({ busy: count, idle: count, noticed: count, noticedIdle: count, queued: count, warm: count }),
      ({ busy, idle, queued, warm, ...given }) => {
        const noticed = Math.min(given.noticed, busy);
        const left = busy - noticed + idle - Math.min(given.noticedIdle, idle);
        const decideWith = (memory: Memory) =>
          decideFor(
            queued,
            busy,
            { inService: ids(left), draining: ids(noticed, 'd'), max: 1000 },
            { settings: settingsOf({ max: 1000, warm }), memory },
          );
        const toOf = (decision: Decision) => (decision.kind === 'grow' ? decision.to : left);
        const needed = queued + (busy - noticed) + warm;
        const { memory } = draining(noticed, { running: busy, inService: ids(left), queued });
        expect(toOf(decideWith(memory))).toBe(Math.max(left, needed));
        // At first sight the jobs of those that drain may be on idle ones: these at most come too much, never too few.
        const first = toOf(decideWith({}));
        expect(first).toBeGreaterThanOrEqual(Math.max(left, needed));
        expect(first).toBeLessThanOrEqual(Math.max(left, needed + Math.min(noticed, idle)));
      },
    ),
  );
});

test('in time every job is served once, though spot takes instances back', () => {
  const job = fc.record({ at: fc.integer({ min: 0, max: 600 }), seconds: fc.integer({ min: 1, max: 300 }) });
  fc.assert(
    fc.property(
      fc.array(job, { minLength: 1, maxLength: 20 }),
      fc.uniqueArray(fc.integer({ min: 1, max: 900 }), { maxLength: 8 }),
      fc.integer({ min: 5, max: 60 }),
      (jobs, seconds, boot) => {
        const notices = (second: number) => (seconds.includes(second) ? 1 : 0);
        const story = live({ jobs, boot, notices }, 3600);
        expect(story.waits).toHaveLength(jobs.length + story.interrupted);
        expect(story.queued + story.running + story.taken).toBe(0);
        expect(story.desired.at(-1)).toBe(0);
        expect(story.decisions.map(({ decision }) => decision.reason)).not.toContain('launch-failing');
        expect(story.launches).toBeLessThanOrEqual(jobs.length * 1.2 + 2 * story.noticed + 2);
      },
    ),
    { numRuns: 40 },
  );
});

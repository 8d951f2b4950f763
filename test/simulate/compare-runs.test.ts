import { compareRuns, type FleetRun } from './compare-runs';

const TOLERANCE = { changes: 5, counts: 5 };

/** One instance, and another one while the first is there. */
const RUN: FleetRun = {
  changes: [
    { at: 10, kind: 'grow', reason: 'queue', to: 1 },
    { at: 50, kind: 'grow', reason: 'at-max', to: 2 },
  ],
  counts: {
    desired: [
      { at: 10, value: 1 },
      { at: 50, value: 2 },
      { at: 80, value: 1 },
      { at: 120, value: 0 },
    ],
    active: [
      { at: 11, value: 1 },
      { at: 51, value: 2 },
      { at: 80, value: 1 },
      { at: 120, value: 0 },
    ],
  },
};

const withDesired = (...steps: [at: number, value: number][]): FleetRun => ({
  ...RUN,
  counts: { ...RUN.counts, desired: steps.map(([at, value]) => ({ at, value })) },
});
const later = (seconds: number): FleetRun => {
  const move = <Timed extends { at: number }>(items: Timed[]) =>
    items.map((item) => ({ ...item, at: item.at + seconds }));
  const { desired, active } = RUN.counts;
  return { changes: move(RUN.changes), counts: { desired: move(desired), active: move(active) } };
};

describe('a run of the cloud and one of the model', () => {
  it('a run is the same as itself, and as one that is a poll later or earlier', () => {
    for (const seconds of [0, 5, -5]) expect(compareRuns(RUN, later(seconds), TOLERANCE)).toEqual([]);
  });

  it('more than a poll later is told of every change and every count', () => {
    const differences = compareRuns(RUN, later(6), TOLERANCE);
    expect(differences[0]).toBe(
      'change 1: the cloud: grow to 1 (queue) at 10.0 s; the model: grow to 1 (queue) at 16.0 s',
    );
    expect(differences).toContain('desired of the cloud is 1 at 10.0 s, and not within 5.0 s of the model');
    expect(differences).toContain('active of the cloud is 1 at 11.0 s, and not within 5.0 s of the model');
  });

  it('a change that only one of them makes is told', () => {
    const fewer = { ...RUN, changes: RUN.changes.slice(0, 1) };
    const lines = ['no change any more', 'grow to 2 (at-max) at 50.0 s'];
    expect(compareRuns(fewer, RUN, TOLERANCE)).toEqual([
      `change 2: the cloud: ${lines[0]}; the model: ${lines[1]}`,
    ]);
    expect(compareRuns(RUN, fewer, TOLERANCE)).toEqual([
      `change 2: the cloud: ${lines[1]}; the model: ${lines[0]}`,
    ]);
  });

  it.each([
    { what: 'another size', change: { to: 3 } },
    { what: 'another reason', change: { reason: 'queue' } },
    { what: 'another kind', change: { kind: 'cancel' } },
  ])('$what is told', ({ change }) => {
    const changes = RUN.changes.map((one, index) => (index === 1 ? { ...one, ...change } : one));
    expect(compareRuns(RUN, { ...RUN, changes }, TOLERANCE)).toHaveLength(1);
  });

  it('a count that is off for longer than a poll is told, with its moment', () => {
    expect(compareRuns(withDesired([10, 1], [50, 2], [90, 1], [120, 0]), RUN, TOLERANCE)).toEqual([
      'desired of the cloud is 2 at 85.0 s, and not within 5.0 s of the model',
      'desired of the model is 1 at 80.0 s, and not within 5.0 s of the cloud',
    ]);
  });

  it('a count that only one of them ever has is told, however short', () => {
    const overshoots = withDesired([10, 1], [50, 3], [50.2, 2], [80, 1], [120, 0]);
    expect(compareRuns(RUN, overshoots, TOLERANCE)).toEqual([
      'desired of the model is 3 at 50.0 s, and not within 5.0 s of the cloud',
    ]);
  });

  it('a dip between two looks that only one of them has is told', () => {
    const dips = withDesired([10, 1], [50, 2], [60, 1], [64, 2], [80, 1], [120, 0]);
    expect(compareRuns(RUN, dips, TOLERANCE)).toEqual([
      'desired of the model is 1 at 60.0 s, and not within 5.0 s of the cloud',
    ]);
  });

  it('an instance that stays is told', () => {
    expect(compareRuns(RUN, withDesired([10, 1], [50, 2], [80, 1]), TOLERANCE)).toEqual([
      'desired of the cloud is 0 at 120.0 s, and not within 5.0 s of the model',
      'desired of the model is 1 at 125.0 s, and not within 5.0 s of the cloud',
    ]);
  });

  it('two steps at one moment are the same as two that are nearly at one', () => {
    const atOnce = withDesired([10, 1], [10, 2], [80, 1], [80, 0]);
    const nearly = withDesired([10, 1], [10.01, 2], [80, 1], [80.2, 0]);
    expect(compareRuns(nearly, atOnce, TOLERANCE)).toEqual([]);
    expect(compareRuns(nearly, withDesired([10, 2], [80, 0]), TOLERANCE)).toHaveLength(2);
  });
});

import type { DecisionRecord, GroupEvent, JobRecord } from '../../local/run/record';
import { compareRuns } from './compare-runs';
import { PERFECT_PLAN } from './perfect-plan';
import { play } from './play';
import { type Recorded, toMeasured } from './recorded';

const event = (at: number, name: string, instanceId: string | null, detail: unknown = {}): GroupEvent => ({
  ...{ at, group: PERFECT_PLAN.settings.group, instanceId },
  ...{ event: name, detail },
});
const JOB: JobRecord = {
  ...{ id: 'one', name: 'one', fleet: 'linux', state: 'succeeded', runner: 'i-1', runs: 1, exitCode: 0 },
  ...{ queuedAt: 13, startedAt: 51, finishedAt: 81, reason: null, logFile: null },
};
const GROWN: DecisionRecord = {
  ...{ at: 20.4, fleet: 'linux', decision: 'grow', reason: 'queue' },
  ...{ from: 0, to: 1 },
};

/** One job on one instance, by a scaler that was called at full minutes of a clock that is 7 s ahead. */
const RECORDED: Recorded = {
  pollSeconds: 10,
  minutes: [-53, 7.2, 67.2],
  jobs: [JOB],
  decisions: [
    { ...GROWN, at: -53, decision: 'hold', reason: 'idle', from: 0, to: null },
    { ...GROWN, at: 17.6 },
    { ...GROWN, at: 27.3, decision: 'hold', reason: 'enough', from: 1, to: null },
  ],
  events: [
    event(-60, 'suspended', null),
    event(17.5, 'desired-changed', null, { from: 0, to: 1, by: 'scaler' }),
    event(18, 'launching', 'i-1'),
    event(50, 'in-service', 'i-1'),
    event(83, 'desired-changed', null, { from: 1, to: 0, by: 'instance' }),
    event(83, 'terminating', 'i-1'),
    event(90, 'terminated', 'i-1'),
  ],
};

const compare = (recorded: Recorded) => {
  const { run, jobs, world, spread, lost } = toMeasured(recorded);
  const changes = recorded.pollSeconds * (1 + lost);
  const tolerance = { changes, counts: changes + spread };
  return compareRuns(run, play(PERFECT_PLAN, jobs, world), tolerance);
};

describe('what was recorded in the cloud', () => {
  it('is measured: what ran, what booted, and how long everything took', () => {
    const { jobs, world, run } = toMeasured(RECORDED);
    expect(jobs).toEqual([{ submitted: 13 - 7.2, duration: 30 }]);
    expect(world.measuredBoots).toEqual([32]);
    const least = [world.change[0], world.begin[0], world.claim[0], world.leave[0]];
    expect(least.map((seconds) => Number(seconds.toFixed(3)))).toEqual([0.3, 0.5, 1, 2]);
    expect(run.changes).toEqual([{ at: 10, kind: 'grow', reason: 'queue', to: 1 }]);
  });

  it('jobs of one moment are in the order in which their instances came, each as long as it kept its own', () => {
    const other = { ...JOB, name: 'other', runner: 'i-2', startedAt: 44, finishedAt: 74 };
    const events = [
      ...RECORDED.events,
      event(18.5, 'launching', 'i-2'),
      event(42, 'in-service', 'i-2'),
      event(79, 'terminating', 'i-2'),
    ];
    const { jobs, world, most } = toMeasured({ ...RECORDED, jobs: [JOB, other], events });
    // Claimed a second later and gone three seconds later than the other one.
    expect(jobs.map(({ duration }) => duration)).toEqual([30 + 1 + 3, 30]);
    expect([world.claim, world.leave]).toEqual([
      [1, 1],
      [2, 2],
    ]);
    expect(most).toEqual({ claim: 2, leave: 5 });
  });

  it('the model, which plays the same job, does the same', () => {
    expect(compare(RECORDED)).toEqual([]);
  });

  it('not when the cloud decided nothing', () => {
    const [line] = compare({ ...RECORDED, decisions: [] });
    expect(line).toBe('change 1: the cloud: no change any more; the model: grow to 1 (queue) at 10.0 s');
  });

  it('not when the cloud decided two looks later', () => {
    const [idle, grown, enough] = RECORDED.decisions as [DecisionRecord, DecisionRecord, DecisionRecord];
    const late = { ...grown, at: grown.at + 20 };
    const events = RECORDED.events.map((one) => (one.at === 17.5 ? { ...one, at: 37.5 } : one));
    const decisions = [idle, late, { ...enough, at: enough.at + 20 }];
    expect(compare({ ...RECORDED, decisions, events })).toContainEqual(expect.stringMatching(/^change 1: /));
    // Unless it saw nothing before: that is no decision.
    const blind = { ...idle, at: 17.6, reason: 'demand-unknown' };
    const seen = toMeasured({ ...RECORDED, decisions: [idle, blind, late], events });
    expect([seen.lost, toMeasured(RECORDED).lost]).toEqual([2, 0]);
  });

  it('a change that was not made is none, and its look is lost', () => {
    const [idle, grown, enough] = RECORDED.decisions as [DecisionRecord, DecisionRecord, DecisionRecord];
    const again = { ...grown, at: 27.7 };
    const events = RECORDED.events.map((one) => (one.at === 17.5 ? { ...one, at: 27.5 } : one));
    const { run, lost } = toMeasured({ ...RECORDED, decisions: [idle, grown, again, enough], events });
    expect(run.changes).toEqual([{ at: 20, kind: 'grow', reason: 'queue', to: 1 }]);
    expect(lost).toBe(1);
  });

  it('not when desired stayed up for more than a poll after the instance had gone', () => {
    const events = RECORDED.events.map((one) =>
      one.at === 83 && one.event === 'desired-changed' ? { ...one, at: 96 } : one,
    );
    expect(compare({ ...RECORDED, events })).toContainEqual(
      expect.stringMatching(/^desired of the cloud is 1 at/),
    );
  });

  it('a job that did not end, and an instance that did not leave, are no record', () => {
    expect(() => toMeasured({ ...RECORDED, jobs: [{ ...JOB, finishedAt: null }] })).toThrow(/job one/);
    const events = RECORDED.events.filter(({ event: name }) => name !== 'terminating');
    expect(() => toMeasured({ ...RECORDED, events })).toThrow('no terminating of i-1');
  });

  it('not when one more was launched', () => {
    const extra = [
      event(40, 'launching', 'i-2'),
      event(60, 'in-service', 'i-2'),
      event(70, 'terminating', 'i-2'),
    ];
    const events = [...RECORDED.events, ...extra].sort((one, other) => one.at - other.at);
    expect(compare({ ...RECORDED, events })).toContainEqual(
      expect.stringMatching(/active of the cloud is 2/),
    );
  });
});

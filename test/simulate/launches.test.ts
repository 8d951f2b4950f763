/** How instances begin: late, not at all, on spot, from a stopped pool. */
import { LAUNCHING_HEARTBEAT, NO_FAULTS } from '../../simulate/world';
import { type Deviation, makeFull, makeGroup, READY } from './make-group';

describe('launches', () => {
  it('that fail are tried again, and noted', () => {
    const { group, pass } = makeGroup({ world: { faults: { ...NO_FAULTS, launchFails: 0.8 } } });
    group.setDesired(5);
    pass(3600);
    expect(group.counts()).toMatchObject({ inService: 5 });
    expect(group.activities.some(({ result }) => result === 'failed')).toBe(true);
    expect(group.activities.filter(({ result }) => result === 'succeeded')).toHaveLength(5);
  });

  it('are noted with the newest first', () => {
    const { group, pass } = makeGroup({ world: { faults: { ...NO_FAULTS, launchFails: 0.5 } } });
    group.setDesired(10);
    pass(3600);
    const times = group.activities.map(({ endedAt }) => endedAt);
    expect(times).toEqual([...times].sort((one, other) => other - one));
  });

  it('that hang are given up after the heartbeat of the hook, and made again', () => {
    const { group, ended, pass } = makeGroup({ world: { faults: { ...NO_FAULTS, bootHangs: 1 } } });
    group.setDesired(1);
    pass(1 + LAUNCHING_HEARTBEAT - 1);
    expect(ended).toEqual([]);
    pass(2);
    expect(ended).toEqual([{ id: expect.any(String), why: 'abandoned' }]);
    pass(1);
    expect(group.counts()).toMatchObject({ pending: 1 });
  });

  it('take as long as was measured, in their order, and then as the spread says', () => {
    const { group, pass, all } = makeGroup({ world: { measuredBoots: [12, 77] } });
    group.setDesired(3);
    pass(1000);
    const boots = all().map(({ launchedAt, readyAt = 0 }) => (readyAt - launchedAt) / 1000);
    expect(boots).toEqual([12, 77, 40]);
  });
});

describe('spot', () => {
  it.each([0, 30, 100])('is %d of a hundred instances', (spotPercent) => {
    const { all } = makeFull(1000, { plan: { max: 1000, spotPercent } });
    const share = all().filter(({ isSpot }) => isSpot).length / 10;
    expect(Math.abs(share - spotPercent)).toBeLessThanOrEqual(spotPercent % 100 === 0 ? 0 : 4);
  });

  it('is what is launched from now on, when the share changes', () => {
    const { group, all, pass } = makeFull(5, { plan: { spotPercent: 100 } });
    group.onDemandPercent = 100;
    group.setDesired(10);
    pass(READY);
    expect(all().map(({ isSpot }) => isSpot)).toEqual([...Array(5).fill(true), ...Array(5).fill(false)]);
  });

  it('costs its own price', () => {
    const costOf = (spotPercent: number) => {
      const { group, pass } = makeFull(1, { plan: { spotPercent } });
      pass(3600 - 40);
      group.endAll();
      const { boot, jobs, idle, drain } = group.bill;
      return boot + jobs + idle + drain;
    };
    expect(costOf(0)).toBeCloseTo(0.1);
    expect(costOf(100)).toBeCloseTo(0.04);
  });
});

describe('a stopped pool', () => {
  const readyWithin = (deviation: Deviation, count: number) => {
    const { group, pass, all } = makeGroup(deviation);
    group.setDesired(count);
    pass(READY);
    return all().map(({ launchedAt, readyAt = 0 }) => (readyAt - launchedAt) / 1000);
  };

  it('resumes as many as wait in it, and boots the others', () => {
    expect(readyWithin({ plan: { stopped: 2 } }, 4)).toEqual([10, 10, 40, 40]);
  });

  it('fills itself again, for a boot each', () => {
    const { group, pass, all } = makeFull(1, { plan: { stopped: 1 } });
    pass(10);
    expect(group.bill).toMatchObject({ instances: 1, boot: expect.closeTo((0.1 * 40) / 3600) });
    group.setDesired(2);
    pass(READY);
    expect(all().map(({ launchedAt, readyAt = 0 }) => (readyAt - launchedAt) / 1000)).toEqual([10, 10]);
  });
});

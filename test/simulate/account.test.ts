import type { FleetPlan } from '../../simulate/plan';
import { runFleets } from '../../simulate/run';
import type { Job } from '../../simulate/trace';
import { PERFECT_WORLD } from '../../simulate/world';
import { jobAt, PERFECT_PLAN } from './perfect-plan';

const planOf = (name: string): FleetPlan => ({
  ...PERFECT_PLAN,
  settings: { ...PERFECT_PLAN.settings, name },
});
/** Jobs of ten minutes, all at once. */
const crowd = (count: number): Job[] => Array.from({ length: count }, () => jobAt(0, 600));

describe('several fleets of one account', () => {
  /** Most jobs at once over both fleets, and most instances. */
  function play(account: Parameters<typeof runFleets>[2], policy: FleetPlan['policy'] = 'muster') {
    const counts = new Map<string, { running: number; instances: number }>();
    let running = 0;
    let instances = 0;
    const watches = ['large', 'small'].map((name) => ({
      timeline: {
        points: [],
        note(_: number, now: { running: number; pending: number; inService: number }) {
          counts.set(name, { running: now.running, instances: now.pending + now.inService });
          const sum = (key: 'running' | 'instances') =>
            [...counts.values()].reduce((total, one) => total + one[key], 0);
          running = Math.max(running, sum('running'));
          instances = Math.max(instances, sum('instances'));
        },
      } as never,
    }));
    const works = [
      { plan: { ...planOf('large'), policy }, jobs: crowd(40) },
      { plan: { ...planOf('small'), policy }, jobs: crowd(4) },
    ];
    return { results: runFleets(works, PERFECT_WORLD, account, watches), running, instances };
  }

  it('without a limit all run at once', () => {
    expect(play({}).running).toBe(44);
  });

  it('what the scaler was told of is kept: no more jobs, and no instance that has none', () => {
    const { results, running, instances } = play({ concurrency: 10 });
    expect(running).toBe(10);
    // One may leave while the next one is launched.
    expect(instances).toBeLessThanOrEqual(12);
    expect(results.map(({ fates }) => fates.done)).toEqual([40, 4]);
  });

  it('the small fleet does not wait for the large one', () => {
    const [large, small] = play({ concurrency: 10 }).results;
    expect(small?.waits.max).toBeLessThan(150);
    expect(large?.waits.max).toBeGreaterThan(3 * 600);
  });

  it('a limit that nobody told: all jobs run, and not an instance for each that waits for the limit', () => {
    const told = play({ concurrency: 10 });
    const untold = play({ limit: 10 });
    expect(untold.running).toBe(10);
    expect(untold.results.map(({ fates }) => fates.done)).toEqual([40, 4]);
    const toHours = ({ results }: typeof told) =>
      results.reduce((sum, { bill }) => sum + bill.instanceHours, 0);
    expect(toHours(untold)).toBeGreaterThan(toHours(told));
    expect(toHours(untold)).toBeLessThan(2 * toHours(told));
  });

  it.each(['all-knowing', 'published-nothing'] as const)('%s meets the same limit', (policy) => {
    expect(play({ limit: 10 }, policy).running).toBeLessThanOrEqual(10);
  });

  it('fleets with no job at all are over at once', () => {
    const [result] = runFleets([{ plan: planOf('idle'), jobs: [] }], PERFECT_WORLD);
    expect(result).toMatchObject({ jobs: 0, cost: 0, left: { instances: 0 } });
  });
});

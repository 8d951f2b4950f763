/** What the others do that muster is compared with. */
import { generateJobs, WORKING_WEEK } from '../../simulate/generate';
import type { FleetPlan, PolicyKind } from '../../simulate/plan';
import { toBound } from '../../simulate/policies/bound';
import { runFleet } from '../../simulate/run';
import type { Job } from '../../simulate/trace';
import {
  LAUNCHING_HEARTBEAT,
  NO_FAULTS,
  PERFECT_WORLD,
  USUAL_FAULTS,
  type World,
} from '../../simulate/world';
import { jobAt, MONDAY, PERFECT_PLAN } from './perfect-plan';

const withPolicy = (policy: PolicyKind, max = 10, life: Partial<FleetPlan['life']> = {}): FleetPlan => ({
  ...PERFECT_PLAN,
  policy,
  settings: { ...PERFECT_PLAN.settings, max },
  life: { ...PERFECT_PLAN.life, ...life },
});
const withFaults = (faults: Partial<World['faults']>): World => ({
  ...PERFECT_WORLD,
  faults: { ...NO_FAULTS, ...faults },
});
/** One every five minutes, an hour long. */
const STEADY = Array.from({ length: 12 }, (_, index) => jobAt(index * 300));

describe('all-knowing', () => {
  const DAY = generateJobs({ ...WORKING_WEEK, jobsPerWeek: 3000 }, MONDAY, 1, 1);

  it.each([
    ['nothing goes wrong', PERFECT_WORLD],
    ['a bad week', { ...PERFECT_WORLD, faults: USUAL_FAULTS }],
    ['boots hang', withFaults({ bootHangs: 0.2 })],
    ['calls fail and answers are old', withFaults({ awsFails: 0.3, readFails: 0.3, staleSeconds: 10 })],
  ])('serves every job, and no later on average than muster does: %s', (_, world) => {
    const mean = ({ quantiles }: { quantiles: number[] }) =>
      quantiles.reduce((sum, seconds) => sum + seconds, 0) / quantiles.length;
    const ours = runFleet(PERFECT_PLAN, DAY, world);
    const best = runFleet({ ...PERFECT_PLAN, policy: 'all-knowing' }, DAY, world);
    expect(best.fates).toMatchObject({ killed: 0, open: 0 });
    // Each has its own draws: a second of difference is chance.
    expect(mean(best)).toBeLessThan(mean(ours) + 1);
  });

  it('waits for no boot that hangs', () => {
    const jobs = Array.from({ length: 10 }, () => jobAt(0));
    const world = { ...withFaults({ bootHangs: 0.5 }), boot: { median: 45, p95: 45 } };
    const { waits } = runFleet(withPolicy('all-knowing', 100), jobs, world);
    expect(waits.max).toBeLessThan(LAUNCHING_HEARTBEAT);
  });
});

describe('always-on', () => {
  const run = (jobs: readonly Job[]) =>
    runFleet(withPolicy('always-on', 10, { serves: 'many-jobs' }), jobs, PERFECT_WORLD);

  it('boots its instances once, and never again', () => {
    const { bill, peak } = run(STEADY);
    expect([bill.instances, peak]).toEqual([10, 10]);
  });

  it('lets nobody wait but for the first boot', () => {
    const { quantiles } = run(STEADY);
    // Of twelve jobs the first one.
    expect(quantiles.filter((seconds) => seconds > PERFECT_WORLD.claim[1]).length).toBeLessThan(10);
  });

  it('pays for all instances, from the first job to the last, and for jobs no more than they take', () => {
    const { bill, cost } = run(STEADY);
    const hours = (11 * 300 + 120) / 3600;
    expect(bill.instanceHours).toBeGreaterThan(10 * hours);
    // It is looked at once an hour whether all jobs have ended.
    expect(bill.instanceHours).toBeLessThan(10 * (hours + 1.1));
    expect(cost).toBeCloseTo(bill.instanceHours * PERFECT_PLAN.group.price.onDemand);
    expect(bill.jobs).toBeCloseTo(((12 * 120) / 3600) * PERFECT_PLAN.group.price.onDemand);
  });

  it('replaces an instance that crashed', () => {
    const world = withFaults({ crashesPerHour: 1 });
    const day = Array.from({ length: 24 }, (_, index) => jobAt(index * 3600, 60));
    const { bill, left } = runFleet(withPolicy('always-on', 10, { serves: 'many-jobs' }), day, world);
    expect(bill.instances).toBeGreaterThan(100);
    expect(left.desired).toBe(10);
  });
});

describe('the published scalers', () => {
  const run = (
    policy: 'published-maximum' | 'published-nothing',
    world = PERFECT_WORLD,
    jobs: readonly Job[] = STEADY,
  ) => runFleet(withPolicy(policy, 10, { way: 'powers-off' }), jobs, world);
  /** Longer than a minute, so that the scaler looks again while they run. */
  const LONG = Array.from({ length: 40 }, (_, index) => jobAt(index * 97, 600));

  it('kill what runs when its task is claimed, for they count unclaimed tasks alone', () => {
    expect(
      run('published-maximum', { ...PERFECT_WORLD, protect: [3600, 3600] }, LONG).fates.killed,
    ).toBeGreaterThan(10);
  });

  it('kill none that is protected from its first moment on', () => {
    expect(run('published-maximum', { ...PERFECT_WORLD, protect: [0, 0] }, LONG).fates).toMatchObject({
      killed: 0,
      done: LONG.length,
    });
  });

  it('take an error for the maximum, or for nothing at all', () => {
    const world = withFaults({ readFails: 1 });
    expect(run('published-maximum', world, [jobAt(0)])).toMatchObject({ peak: 10, fates: { done: 1 } });
    expect(run('published-nothing', world, [jobAt(0)])).toMatchObject({ peak: 0, fates: { open: 1 } });
  });

  it('look once a minute, so that a job waits longer than with muster', () => {
    const jobs = Array.from({ length: 30 }, (_, index) => jobAt(index * 611));
    const ours = runFleet(withPolicy('muster'), jobs, PERFECT_WORLD);
    expect(run('published-maximum', PERFECT_WORLD, jobs).waits.p50).toBeGreaterThan(ours.waits.p50);
  });
});

describe('the bound', () => {
  /** A dollar a minute. */
  const plan: FleetPlan = {
    ...PERFECT_PLAN,
    group: { ...PERFECT_PLAN.group, price: { onDemand: 60, spot: 20 } },
  };
  const bound = toBound(STEADY, PERFECT_WORLD, plan);

  it('has each job on an instance of its own that boots once and leaves at once', () => {
    expect(bound.bill).toMatchObject({ jobs: expect.closeTo(12 * 2), idle: 0, drain: 0, instances: 12 });
    expect(bound.fates.done).toBe(12);
  });

  it('waits for boots alone, as they are in its world', () => {
    const still = toBound(STEADY, { ...PERFECT_WORLD, boot: { median: 45, p95: 45 } }, plan);
    expect(still.waits).toEqual({ p50: 45, p95: 45, p99: 45, max: 45 });
    expect(still.cost).toBeCloseTo(12 * (2 + 45 / 60));
  });

  it('pays a minute at least', () => {
    const short = toBound([jobAt(0, 1)], { ...PERFECT_WORLD, boot: { median: 10, p95: 10 } }, plan);
    expect(short.cost).toBeCloseTo(1);
  });

  it('pays a job up to the limit of jobs', () => {
    const life = { ...plan.life, jobLimit: 600 };
    const { bill } = toBound([jobAt(0, 3600)], PERFECT_WORLD, { ...plan, life });
    expect(bill.jobs).toBeCloseTo(10);
  });

  it('is the same whatever goes wrong', () => {
    expect(toBound(STEADY, { ...PERFECT_WORLD, faults: USUAL_FAULTS }, plan)).toEqual(bound);
  });
});

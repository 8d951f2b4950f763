import { generateJobs, WORKING_WEEK } from '../../simulate/generate';
import type { FleetPlan } from '../../simulate/plan';
import { toBound } from '../../simulate/policies/bound';
import { runFleet } from '../../simulate/run';
import { NO_FAULTS, PERFECT_WORLD, USUAL_FAULTS, type World } from '../../simulate/world';
import { jobAt, MONDAY, MORNING, PERFECT_PLAN } from './perfect-plan';

const withFaults = (faults: Partial<World['faults']>): World => ({
  ...PERFECT_WORLD,
  faults: { ...NO_FAULTS, ...faults },
});
const withSettings = (settings: Partial<FleetPlan['settings']>): FleetPlan => ({
  ...PERFECT_PLAN,
  settings: { ...PERFECT_PLAN.settings, ...settings },
});

describe('one fleet in virtual time', () => {
  it('a job waits for the next look, the boot and the claim, and its instance leaves', () => {
    const result = runFleet(PERFECT_PLAN, [jobAt(3)], PERFECT_WORLD);
    expect(result).toMatchObject({
      fates: { done: 1 },
      bill: { instances: 1 },
      left: { queued: 0, running: 0, instances: 0, desired: 0 },
    });
    // At most: ten seconds to the look, two until the launch begins, the slowest of boots, a second and a half to claim.
    expect(result.waits.max).toBeGreaterThan(20);
    expect(result.waits.max).toBeLessThan(10 + 3 + 110 + 2);
  });

  it('the same seed makes the same run, another one another', () => {
    const jobs = generateJobs(WORKING_WEEK, MONDAY, 1, 1);
    const world = { ...PERFECT_WORLD, faults: USUAL_FAULTS };
    const run = (seed: number) => runFleet(PERFECT_PLAN, jobs, { ...world, seed });
    expect(run(7)).toEqual(run(7));
    expect(run(8).cost).not.toBe(run(7).cost);
  });

  it('parts of the bill add up to the hours that were paid for', () => {
    const { bill, cost } = runFleet(PERFECT_PLAN, generateJobs(WORKING_WEEK, MONDAY, 1, 1), PERFECT_WORLD);
    expect(bill.jobs + bill.boot + bill.idle + bill.drain).toBeCloseTo(cost);
    expect(cost).toBeCloseTo(bill.instanceHours * PERFECT_PLAN.group.price.onDemand);
  });

  it('never more than the maximum, and jobs beyond it wait', () => {
    const jobs = Array.from({ length: 40 }, () => jobAt(0, 600));
    const result = runFleet(withSettings({ max: 10 }), jobs, PERFECT_WORLD);
    // One may leave while the next one is launched.
    expect(result.peak).toBeLessThanOrEqual(20);
    expect(result.fates.done).toBe(40);
    expect(result.waits.max).toBeGreaterThan(3 * 600);
  });

  it('warm capacity serves at once, and stays', () => {
    const jobs = [jobAt(0), jobAt(1200)];
    const result = runFleet(withSettings({ warm: 1 }), jobs, PERFECT_WORLD);
    expect(result.waits.p50).toBeLessThan(120);
    expect(runFleet(withSettings({ warm: 1 }), [jobAt(0), jobAt(1200)], PERFECT_WORLD).left.instances).toBe(
      1,
    );
    // The second one found an instance.
    expect(Math.min(...result.quantiles)).toBeLessThan(2);
  });

  it('a closed fleet lets jobs wait until it opens', () => {
    const hours = {
      timeZone: 'UTC',
      week: { mon: [{ open: '10:00', close: '18:00' }] },
      holidays: [],
      outside: 'closed' as const,
    };
    const { waits, fates } = runFleet(withSettings({ hours }), [jobAt(0)], PERFECT_WORLD);
    expect(fates.done).toBe(1);
    expect(waits.max).toBeGreaterThan(3600);
    expect(waits.max).toBeLessThan(3600 + 200);
  });

  it('closing while jobs run kills none', () => {
    const hours = {
      timeZone: 'UTC',
      week: { mon: [{ open: '09:00', close: '10:00' }] },
      holidays: [],
      outside: 'closed' as const,
    };
    const jobs = Array.from({ length: 30 }, (_, index) => jobAt(60 + index * 100, 1800));
    const { fates } = runFleet(withSettings({ hours }), jobs, PERFECT_WORLD);
    expect(fates).toMatchObject({ killed: 0, done: 30 });
  });

  it.each([
    { kind: 'a boot that hangs is replaced', faults: { bootHangs: 0.5 } },
    { kind: 'an agent that hangs does not keep jobs waiting for ever', faults: { agentHangs: 0.3 } },
    { kind: 'launches fail', faults: { launchFails: 0.5 } },
    { kind: 'the CI is away for an hour a day', faults: { outageMinutes: 60 } },
    { kind: 'half of the calls of AWS fail', faults: { awsFails: 0.5 } },
    { kind: 'AWS throttles for two hours a day', faults: { throttledMinutes: 120 } },
    { kind: 'somebody sets desired to 0 a hundred times a day', faults: { emptiedPerDay: 100 } },
    { kind: 'AWS chooses an instance two hundred times a day', faults: { chosenPerDay: 200 } },
    { kind: 'the scaler is killed in half of its minutes', faults: { invocationsKilled: 0.5 } },
    { kind: 'two scalers at once', faults: { invocationsTwice: 1 } },
    { kind: 'old answers about the group', faults: { groupStale: 0.5, staleSeconds: 10 } },
    { kind: 'changes come late, or their answers get lost', faults: { changeDelay: 30, answersLost: 0.5 } },
  ])('$kind: every job is done, none is killed, nothing is left', ({ faults }) => {
    const jobs = generateJobs({ ...WORKING_WEEK, jobsPerWeek: 1500 }, MONDAY, 1, 3);
    const result = runFleet(PERFECT_PLAN, jobs, withFaults(faults));
    expect(result).toMatchObject({
      fates: { killed: 0, open: 0, done: jobs.length },
      twice: 0,
      left: { queued: 0, running: 0, instances: 0, desired: 0 },
    });
  });

  it('a crash costs its own job and no other', () => {
    const jobs = generateJobs({ ...WORKING_WEEK, jobsPerWeek: 3000 }, MONDAY, 1, 3);
    const { fates, left } = runFleet(PERFECT_PLAN, jobs, withFaults({ crashesPerHour: 0.5 }));
    expect(fates.crashed).toBeGreaterThan(0);
    expect(fates.crashed + fates.done).toBe(jobs.length);
    expect(left.instances).toBe(0);
  });

  it('a warm instance whose agent hangs is replaced, though the watchdog lets it stay', () => {
    const jobs = Array.from({ length: 20 }, (_, index) => jobAt(index * 1800, 60));
    const { waits, bill, left } = runFleet(
      withSettings({ warm: 2, max: 2 }),
      jobs,
      withFaults({ agentHangs: 0.5 }),
    );
    expect(left).toMatchObject({ queued: 0, running: 0 });
    expect(waits.max).toBeLessThan(3600);
    expect(bill.instances).toBeGreaterThan(25);
  });

  it('what nobody needs to look at changes nothing that is seen', () => {
    const jobs = [jobAt(0), jobAt(7200), jobAt(7205), jobAt(20_000, 30)];
    const looks: number[] = [];
    const result = runFleet(PERFECT_PLAN, jobs, PERFECT_WORLD, { onLook: ({ at }) => looks.push(at) });
    // A look every ten seconds in the hours between the jobs would be 2,000 and more.
    expect(looks.length).toBeLessThan(150);
    expect(looks.every((at) => at % 10_000 === MORNING % 10_000)).toBe(true);
    expect(result.waits.max).toBeLessThan(130);
  });
});

describe.each([1, 2, 3])(
  'a bursty working week of about 10,000 jobs as docs/simulate.md promises, seed %d',
  (seed) => {
    // Boot 45 s (median) and 70 s (p95).
    const world = { ...PERFECT_WORLD, seed };
    const jobs = generateJobs(WORKING_WEEK, MONDAY, 7, seed);
    const bound = toBound(jobs, world, PERFECT_PLAN).cost;

    it('p95 wait at most boot p95 + 8 s, cost at most 1.02 × (jobs + one boot each)', () => {
      const { waits, cost, fates } = runFleet(PERFECT_PLAN, jobs, world);
      expect(fates).toMatchObject({ done: jobs.length, killed: 0 });
      expect(waits.p95).toBeLessThanOrEqual(70 + 8);
      expect(cost).toBeLessThanOrEqual(1.02 * bound);
    });

    it('in a bad week p95 at most + 15 s, p99 at most 125 s and cost at most 1.03 ×', () => {
      const { waits, cost, fates } = runFleet(PERFECT_PLAN, jobs, { ...world, faults: USUAL_FAULTS });
      expect(fates).toMatchObject({ killed: 0, open: 0 });
      expect(waits.p95).toBeLessThanOrEqual(70 + 15);
      expect(waits.p99).toBeLessThanOrEqual(125);
      expect(cost).toBeLessThanOrEqual(1.03 * bound);
    });

    it.each(['published-maximum', 'published-nothing'] as const)('%s kills jobs and costs more', (policy) => {
      const { fates, cost } = runFleet(
        { ...PERFECT_PLAN, policy, life: { ...PERFECT_PLAN.life, way: 'powers-off' } },
        jobs,
        world,
      );
      expect(fates.killed).toBeGreaterThan(0);
      expect(cost).toBeGreaterThan(1.2 * bound);
    });
  },
);

import fc from 'fast-check';
import { decide, type Situation } from '../../../../lambda/scaler/core/decide';
import { toPhase } from '../../../../lambda/scaler/core/hours';
import type { Decision, Demand, KnownCapacity } from '../../../../lambda/scaler/core/types';
import { capacityOf, ids, NOW, settingsOf, WORKING_HOURS } from '../perfect';
import { live, type Plan } from './world';

const count = fc.integer({ min: 0, max: 60 });
const seconds = fc.integer({ min: -7200, max: 7200 }).map((s) => NOW + s * 1000);
const capacity = fc
  .record({
    desired: count,
    min: fc.constantFrom(0, 0, 0, 1),
    max: count,
    pending: count.map((n) => ids(n, 'p')),
    inService: count.map((n) => ids(n)),
    held: fc.integer({ min: 0, max: 2 }).map((n) => ids(n, 'h')),
    other: fc.constantFrom(0, 0, 2),
    draining: count.map((n) => ids(n, 'd')),
    onDemandPercent: fc.constantFrom(0, 20, 100),
    suspended: fc.constantFrom([], ['AZRebalance'], ['AZRebalance', 'Launch']),
    launches: fc.array(
      fc.record({
        endedAt: seconds,
        result: fc.constantFrom('succeeded' as const, 'failed' as const),
        message: fc.constantFrom('', 'There is no Spot capacity available that matches your request.'),
      }),
      { maxLength: 8 },
    ),
  })
  .map((given): KnownCapacity => capacityOf(given));
const memory = fc.record(
  {
    launch: fc.record({ tries: count, until: seconds, since: seconds }),
    claim: fc.record({ tries: count, until: seconds, credit: count }),
    spot: fc.record({ since: seconds, until: fc.oneof(fc.constant(0), seconds) }),
    sight: fc.record(
      {
        at: seconds,
        queued: count,
        running: count,
        desired: count,
        pending: count.map((n) => ids(n, 'p')),
        inService: count.map((n) => ids(n)),
        draining: count.map((n) => ids(n, 'd')),
        failedLaunches: fc.integer({ min: 0, max: 5 }),
        unused: fc.integer({ min: 0, max: 5 }),
        stuck: fc.record({ since: seconds, inService: count, queued: count }),
        shortSince: seconds,
        leaving: count,
        boots: fc.record({
          since: fc
            .array(
              fc.tuple(
                count.map((n) => `p-${n}`),
                seconds,
              ),
            )
            .map((entries) => new Map(entries)),
          seen: count,
          slowest: fc.integer({ min: 0, max: 600_000 }),
        }),
      },
      {
        requiredKeys: [
          'at',
          'queued',
          'running',
          'desired',
          'pending',
          'inService',
          'draining',
          'failedLaunches',
          'unused',
        ],
      },
    ),
  },
  { requiredKeys: [] },
);
const settings = fc
  .record(
    {
      max: count.map((n) => n + 1),
      warm: fc.integer({ min: 0, max: 5 }),
      slots: fc.integer({ min: 1, max: 4 }),
      surge: fc.integer({ min: 1, max: 10 }),
      hours: fc.constantFrom(WORKING_HOURS, { ...WORKING_HOURS, outside: 'on-demand' as const }),
      spot: fc.record({
        percent: fc.constantFrom(1, 80, 100),
        fallbackMinutes: fc.constantFrom(0, 1, 10, 240),
      }),
      protection: fc.constant('all' as const),
    },
    { requiredKeys: ['max', 'warm', 'slots'] },
  )
  .map(settingsOf);
const demand = fc.record({ kind: fc.constant('known' as const), queued: count, running: count });
const situation: fc.Arbitrary<
  Situation & { capacity: KnownCapacity; demand: Extract<Demand, { kind: 'known' }> }
> = fc.record(
  { demand, capacity, settings, memory, now: seconds.map((s) => s - (s % 1000)), share: count },
  { requiredKeys: ['demand', 'capacity', 'settings', 'memory', 'now'] },
);
const toOf = (decision: Decision) => (decision.kind === 'hold' ? undefined : decision.to);
const check = <T>(arbitrary: fc.Arbitrary<T>, rule: (given: T) => void) =>
  fc.assert(fc.property(arbitrary, rule), { numRuns: 1000 });

test('desired is lowered only to close, or to cancel what nothing fills', () => {
  check(situation, (given) => {
    const { decision } = decide(given);
    const { desired } = given.capacity;
    if (decision.kind === 'grow') expect(decision.to).toBeGreaterThan(desired);
    if (decision.kind === 'cancel') expect(decision.reason).toBe('launch-failing');
    if (decision.kind === 'close') expect(decision.reason).toBe('closed');
  });
});

test('a paused fleet is lowered to its Min, whatever else is', () => {
  check(situation, (given) => {
    const outcome = decide({ ...given, capacity: { ...given.capacity, paused: {} } });
    const { desired, min } = given.capacity;
    expect(outcome.warm).toBe(0);
    expect(outcome.decision).toEqual(
      desired > min ? { kind: 'close', to: min, reason: 'paused' } : { kind: 'hold', reason: 'paused' },
    );
  });
});

test('the share of on-demand instances is that of the config, or all of them in a fallback', () => {
  check(situation, (given) => {
    const { onDemandPercent, memory: after } = decide(given);
    const { spot } = given.settings;
    if (!spot) expect(onDemandPercent).toBeUndefined();
    else if (onDemandPercent !== 100 - spot.percent) {
      expect(onDemandPercent).toBe(100);
      expect(spot.fallbackMinutes).toBeGreaterThan(0);
      expect(after.spot?.until).toBeGreaterThan(given.now);
    }
  });
});

test('a cancel ends no instance that could have a job', () => {
  check(situation, (given) => {
    const { decision } = decide(given);
    const { inService, pending, other } = given.capacity;
    if (decision.kind !== 'cancel') return;
    expect(decision.to).toBeLessThan(given.capacity.desired);
    const settled = inService.length + other;
    expect(decision.to).toBeGreaterThanOrEqual(settled === 0 ? 0 : settled + pending.length);
  });
});

test("growth stays within max, the group's MaxSize, surge and the share of the concurrency", () => {
  check(situation, (given) => {
    const { decision } = decide(given);
    if (decision.kind !== 'grow') return;
    const { desired, max } = given.capacity;
    const { settings: fleet, share = Infinity } = given;
    expect(decision.to).toBeLessThanOrEqual(
      Math.min(fleet.max, max, share, desired + (fleet.surge ?? Infinity)),
    );
  });
});

test('growth is bounded by the jobs and one in ten boots that may hang, whatever the memory says', () => {
  check(situation, (given) => {
    const { decision } = decide(given);
    if (decision.kind !== 'grow') return;
    const { queued } = given.demand;
    const { inService, pending } = given.capacity;
    const others = Math.min(queued, Math.ceil(pending.length / 10));
    expect(decision.to).toBeLessThanOrEqual(queued + inService.length + others + Number(given.settings.warm));
  });
});

test('what is unknown changes nothing, but the hours', () => {
  const unknown = { kind: 'unknown' as const, problem: 'server-error' as const, detail: '' };
  check(situation, (given) => {
    expect(decide({ ...given, capacity: unknown })).toMatchObject({
      decision: { kind: 'hold', reason: 'capacity-unknown' },
      memory: given.memory,
    });
    const { decision } = decide({ ...given, demand: unknown });
    expect(['hold', 'close']).toContain(decision.kind);
  });
});

test('a lower bound grows at most as far as the truth', () => {
  check(fc.tuple(situation, count), ([whole, missing]) => {
    // Without a past: what a last poll says of the truth it does not say of a part.
    const given = { ...whole, memory: {} };
    const { queued, running } = whole.demand;
    const partial = { kind: 'partial' as const, queued, running, problem: 'timeout' as const, detail: '' };
    const few = decide({ ...given, demand: partial }).decision;
    const all = decide({ ...given, demand: { ...whole.demand, queued: queued + missing } }).decision;
    if (few.kind === 'grow') expect(toOf(all) ?? 0).toBeGreaterThanOrEqual(few.to);
    else expect(['hold', 'close', 'cancel']).toContain(few.kind);
  });
});

test('a lower bound forgets nothing that was known', () => {
  check(situation, (given) => {
    const partial = {
      kind: 'partial' as const,
      queued: 0,
      running: 0,
      problem: 'timeout' as const,
      detail: '',
    };
    const { decision, memory: after } = decide({ ...given, demand: partial });
    if (['open', 'on-demand'].includes(toPhase(given.settings.hours, given.now))) {
      expect(after.sight?.queued).toBe(given.memory.sight?.queued);
      if (decision.kind !== 'grow') expect(after.claim).toEqual(given.memory.claim);
    }
  });
});

test('more jobs never bring fewer instances', () => {
  check(fc.tuple(situation, fc.integer({ min: 1, max: 20 })), ([whole, more]) => {
    // Without the last poll: a queue that fell since then says that jobs are claimed, and one that did not says less.
    const given = { ...whole, memory: { ...whole.memory, sight: undefined } };
    if (given.demand.queued === 0) return;
    const { desired } = given.capacity;
    const few = decide(given).decision;
    const many = decide({
      ...given,
      demand: { ...given.demand, queued: given.demand.queued + more },
    }).decision;
    if (few.kind === 'grow') expect(toOf(many) ?? desired).toBeGreaterThanOrEqual(few.to);
  });
});

test('two scalers that saw the same decide the same', () => {
  check(situation, (given) => expect(decide(structuredClone(given))).toEqual(decide(given)));
});

test('a scaler that comes right after another adds nothing', () => {
  check(situation, (given) => {
    const first = decide(given);
    if (first.decision.kind !== 'grow') return;
    // The other one sees the new desired, and what the tag holds, but not what the first one saw.
    const { launch, claim, spot } = first.memory;
    const second = decide({
      ...given,
      memory: { launch, claim, spot, sight: given.memory.sight },
      capacity: { ...given.capacity, desired: first.decision.to },
    });
    if (given.settings.surge === undefined && !given.memory.claim)
      expect(['hold', 'cancel']).toContain(second.decision.kind);
  });
});

const job = fc.record({
  at: fc.integer({ min: 0, max: 1200 }),
  seconds: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 400 })),
});
const world = fc.record({
  jobs: fc.array(job, { minLength: 1, maxLength: 40 }),
  boot: fc.integer({ min: 1, max: 90 }),
  idle: fc.integer({ min: 10, max: 120 }),
  max: fc.integer({ min: 1, max: 50 }),
  surge: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
});

const modes: [mode: string, given: Partial<Plan> & { slots?: number }, runs: number][] = [
  ['one job an instance', {}, 40],
  ['four jobs at once, many an instance', { serves: 'many-jobs', slots: 4 }, 20],
  ['many jobs an instance, one at a time', { serves: 'many-jobs' }, 10],
  ['polled once a minute', { pollSeconds: 60 }, 10],
  ['polled every four minutes', { pollSeconds: 240 }, 10],
  ['many jobs, polled every four minutes', { pollSeconds: 240, serves: 'many-jobs', slots: 3 }, 10],
];

describe.each(modes)('in a world where capacity allows: %s', (_mode, { slots = 1, ...mode }, numRuns) => {
  const planOf = ({
    jobs,
    boot,
    idle,
    max,
    surge,
  }: typeof world extends fc.Arbitrary<infer T> ? T : never) => ({
    ...mode,
    jobs,
    boot,
    idle,
    settings: { max, slots, ...(surge === undefined ? {} : { surge }) },
  });
  const long = (jobs: { seconds: number }[]) =>
    1200 + jobs.reduce((sum, { seconds: s }) => sum + s + 120 + (mode.pollSeconds ?? 10), 0) + 600;
  const simulate = (
    rule: (story: ReturnType<typeof live>, given: ReturnType<typeof planOf>) => void,
    fault = {},
  ) =>
    fc.assert(
      fc.property(world, (given) => {
        const plan = { ...planOf(given), ...fault };
        rule(live(plan, long(plan.jobs)), plan);
      }),
      { numRuns },
    );

  test('every job is served, and the fleet goes back to nothing', () => {
    simulate((story, { jobs }) => {
      expect(story.waits).toHaveLength(jobs.length);
      expect(story.desired.at(-1)).toBe(0);
    });
  });
  test('no busy instance is taken, and desired never passes max', () => {
    simulate((story, plan) => {
      expect(story.taken).toBe(0);
      expect(Math.max(...story.desired)).toBeLessThanOrEqual(plan.settings.max);
    });
  });
  test('it does not flap: nothing grows after the last job was claimed', () => {
    simulate((story) => {
      const late = story.decisions.filter(
        ({ second, decision }) => second > story.lastClaim && decision.kind === 'grow',
      );
      expect(late).toEqual([]);
    });
  });
  test('a healthy fleet is never suspected', () => {
    simulate((story) => {
      const reasons = new Set(story.decisions.map(({ decision }) => decision.reason));
      expect(reasons).not.toContain('launch-failing');
      expect(reasons).not.toContain('not-claimed');
    });
  });
  test('nor are more instances launched than there are jobs, but a few', () => {
    simulate((story, { jobs }) => expect(story.launches).toBeLessThanOrEqual(jobs.length * 1.2 + 2));
  });
  test('after an outage of the CI all is served too', () => {
    simulate((story, { jobs }) => expect(story.waits).toHaveLength(jobs.length), {
      outage: (second: number) => second > 100 && second < 900,
    });
  });
  test('also by a scaler that loses its memory every minute', () => {
    simulate((story, { jobs }) => expect(story.waits).toHaveLength(jobs.length), {
      coldStart: (second: number) => second % 60 === 0,
    });
  });
  test('also when every tenth agent hangs', () => {
    simulate((story, { jobs }) => expect(story.waits).toHaveLength(jobs.length), {
      launch: (_second: number, launch: number) => (launch % 10 === 3 ? 'hangs' : 'works'),
    });
  });
  test('also when every fourth launch is abandoned', () => {
    simulate((story, { jobs }) => expect(story.waits).toHaveLength(jobs.length), {
      launch: (_second: number, launch: number) => (launch % 4 === 0 ? 'abandons' : 'works'),
    });
  });
});

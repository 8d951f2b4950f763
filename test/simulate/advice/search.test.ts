import type { Choice } from '../../../simulate/advice/choice';
import { choose, isBest, toLeaders } from '../../../simulate/advice/goals';
import { search, toMost } from '../../../simulate/advice/search';
import { toSpace } from '../../../simulate/advice/space';
import { PERFECT_WORLD } from '../../../simulate/world';
import { jobAt, PERFECT_PLAN } from '../perfect-plan';
import { PERFECT_REACH } from './perfect-reach';

const JOBS = Array.from({ length: 30 }, (_, index) => jobAt(Math.floor(index / 5) * 600 + (index % 5)));
const space = toSpace(PERFECT_PLAN, JOBS, PERFECT_WORLD, PERFECT_REACH);

/** As if less idle time cost less and more of it waited less, best in between two of the first settings. */
const play = ({ idleSeconds, stopped, pollSeconds }: Choice) => ({
  cost: 10 + Math.abs(Math.log(idleSeconds / 120)) + stopped / 100,
  p50: 5,
  p95: 60 + pollSeconds,
});
const leaders = (found: Parameters<typeof toLeaders>[0]) => toLeaders(found, 5);

describe('a search', () => {
  it('finds between the first settings what is better than each of them', () => {
    const found = search(space, play, leaders);
    expect(space.coarse.map(space.toChoice).some(({ idleSeconds }) => idleSeconds === 120)).toBe(false);
    expect(found.some(({ choice }) => choice.idleSeconds === 120 && choice.pollSeconds === 5)).toBe(true);
  });

  it('tries no setting twice, and no more of them than it says', () => {
    const found = search(space, play, leaders);
    expect(new Set(found.map(({ choice }) => JSON.stringify(choice))).size).toBe(found.length);
    expect(found.length).toBeLessThanOrEqual(toMost(space));
  });

  it('is the same each time', () => {
    expect(search(space, play, leaders)).toEqual(search(space, play, leaders));
  });

  it('never sets what cannot be set', () => {
    const held = { ...PERFECT_REACH, serves: ['one-job'] as const, most: 20, mayStop: false, mayWait: false };
    const found = search(toSpace(PERFECT_PLAN, JOBS, PERFECT_WORLD, held), play, leaders);
    for (const { choice } of found)
      expect(choice).toMatchObject({ serves: 'one-job', warm: 0, stopped: 0, max: 20 });
  });

  it('leaves room for those that wait stopped beside those that are warm', () => {
    for (const point of space.coarse) {
      const { max, warm, stopped } = space.toChoice(point);
      const most = typeof warm === 'number' ? warm : Math.max(...warm.byHour);
      expect(most + stopped).toBeLessThanOrEqual(max);
    }
  });

  it('has room for all jobs at once where the plan has not', () => {
    const small = { ...PERFECT_PLAN, settings: { ...PERFECT_PLAN.settings, max: 2 } };
    const maxima = search(toSpace(small, JOBS, PERFECT_WORLD, PERFECT_REACH), play, leaders).map(
      ({ choice }) => choice.max,
    );
    expect(Math.min(...maxima)).toBe(2);
    expect(Math.max(...maxima)).toBeGreaterThanOrEqual(5);
  });
});

describe('what is not beaten', () => {
  const waitOf = ({ p95 }: { p95: number }) => p95;
  const cheap = { cost: 1, p50: 9, p95: 90 };
  const fast = { cost: 3, p50: 1, p95: 10 };

  it('is cheaper or faster than each other one', () => {
    const all = [cheap, fast, { cost: 2, p50: 5, p95: 50 }];
    expect(all.map((one) => isBest(one, all, waitOf))).toEqual([true, true, true]);
  });

  it.each([
    { kind: 'costs more and waits longer', one: { cost: 4, p50: 2, p95: 20 } },
    { kind: 'costs the same and waits longer', one: { cost: 3, p50: 2, p95: 11 } },
    { kind: 'costs more and waits as long', one: { cost: 4, p50: 1, p95: 10 } },
  ])('what $kind is beaten', ({ one }) => expect(isBest(one, [cheap, fast, one], waitOf)).toBe(false));

  it('two that are alike do not beat each other', () => {
    expect(isBest(fast, [fast, { ...fast }], waitOf)).toBe(true);
  });
});

describe('what is chosen', () => {
  const settings = [
    { name: 'cheap', cost: 10, p50: 40, p95: 70 },
    { name: 'fast', cost: 12, p50: 0.9, p95: 20 },
    { name: 'fastest', cost: 30, p50: 0.5, p95: 2 },
  ];
  const chosen = Object.fromEntries(choose(settings, 10).map(({ goal, setting }) => [goal, setting?.name]));

  it('is the cheapest that waits no longer, and the fastest that costs no more', () => {
    expect(chosen).toEqual({
      cheapest: 'cheap',
      'half of the jobs within 1 s': 'fast',
      'shortest p50 at 1.2 × bound': 'fast',
      '19 of 20 jobs within 10 s': 'fastest',
      'shortest p95 at 2 × bound': 'fast',
      '19 of 20 jobs within 30 s': 'fast',
    });
  });

  it('is none where none fits', () => {
    const goals = choose(settings.slice(0, 1), 1);
    expect(goals.filter(({ setting }) => setting).map(({ goal }) => goal)).toEqual(['cheapest']);
  });
});

import { minimize, toViolations } from '../../simulate/minimize';
import { replay } from '../../simulate/replay';
import { type Scenario, toScenario } from '../../simulate/scenario';
import { soak } from '../../simulate/soak';

jest.setTimeout(600_000);

/** `make soak` plays larger ones, as many as one likes. */
const SEEDS = 1000;

/** A scaler that must be caught. */
function toPublished(seed: number): Scenario {
  const scenario = toScenario(seed, 'small');
  return {
    ...scenario,
    works: scenario.works.map(({ plan, jobs }) => ({
      jobs,
      plan: { ...plan, policy: 'published-maximum', life: { ...plan.life, way: 'powers-off' } },
    })),
  };
}

const soakSmall = (seeds: number, make = toScenario) => {
  let played = 0;
  const soaked = soak({
    ...{ first: 1, jobs: Infinity, size: 'small', hasPublished: false, clock: () => 0 },
    make,
    onScenario: () => ++played >= seeds,
  });
  return { ...soaked, played };
};

describe('whatever goes wrong', () => {
  it(`no job is killed or run twice, the queue drains, nothing is left, no bill runs away: ${SEEDS} seeds`, () => {
    const { violation, played } = soakSmall(SEEDS);
    // With what makes it again: make simulate SOAK=<seed> SIZE=small
    expect(violation).toBeUndefined();
    expect(played).toBe(SEEDS);
  });

  it('fleets alone and several under a limit are among them', () => {
    const scenarios = Array.from({ length: 100 }, (_, seed) => toScenario(seed, 'small'));
    expect(new Set(scenarios.map(({ works }) => works.length))).toEqual(new Set([1, 2, 3]));
    const accounts = scenarios.map(({ account }) => account);
    expect(accounts.some(({ limit, concurrency }) => limit && limit === concurrency)).toBe(true);
    expect(accounts.some(({ limit, concurrency }) => limit && !concurrency)).toBe(true);
  });

  it('a soak ends at the first violation, and tells the seed and how small its trace can be', () => {
    const { violation } = soakSmall(40, toPublished);
    expect(violation?.problems.join()).toContain('killed');
    expect(violation?.least).toBeLessThanOrEqual(violation?.jobs ?? 0);
    expect(toViolations(toPublished(violation?.seed ?? 0))).toEqual(violation?.problems);
  });

  it('the smallest trace of a violation can be read line by line', () => {
    const isKilling = (scenario: Scenario) => toViolations(scenario).some((line) => line.includes('killed'));
    const seed = Array.from({ length: 40 }, (_, index) => index + 1).find((each) =>
      isKilling(toPublished(each)),
    );
    const least = minimize(toPublished(seed ?? 0), isKilling);
    expect(isKilling(least)).toBe(true);
    const { lines, violations } = replay(least);
    expect(violations.join()).toContain('killed');
    expect(lines.join('\n')).toMatch(/ends the job of .*: killed/);
  });
});

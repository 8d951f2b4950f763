import { minimize, toViolations } from '../../simulate/minimize';
import { replay } from '../../simulate/replay';
import { type Scenario, toScenario } from '../../simulate/scenario';

jest.setTimeout(600_000);

/** `make soak` plays larger ones, as many as one likes. */
const SEEDS = 1000;

/** Fails with what makes it again. */
function verifySeed(seed: number): void {
  const scenario = toScenario(seed, 'small');
  const violations = toViolations(scenario);
  if (violations.length === 0) return;
  const { jobs } = minimize(scenario);
  throw new Error(
    `seed ${seed}: ${violations.join('; ')}. Smallest trace: ${jobs.length} jobs. Replay: make simulate SOAK=${seed} SIZE=small`,
  );
}

describe('whatever goes wrong', () => {
  it(`no job is killed or run twice, the queue drains, nothing is left, no bill runs away: ${SEEDS} seeds`, () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) verifySeed(seed);
  });

  const published = (seed: number): Scenario => {
    const scenario = toScenario(seed, 'small');
    const { plan } = scenario;
    return {
      ...scenario,
      plan: { ...plan, policy: 'published-maximum', life: { ...plan.life, way: 'powers-off' } },
    };
  };
  const isKilling = (scenario: Scenario) => toViolations(scenario).some((line) => line.includes('killed'));

  it('a violation is found where there is one, and its trace is made small', () => {
    const seeds = Array.from({ length: 40 }, (_, seed) => seed + 1);
    const bad = seeds.map(published).filter(isKilling);
    expect(bad.length).toBeGreaterThan(0);
    const [scenario] = bad;
    if (!scenario) return;
    const least = minimize(scenario, isKilling);
    expect(least.jobs.length).toBeLessThan(Math.max(3, scenario.jobs.length));
    expect(isKilling(least)).toBe(true);
    const { lines, violations } = replay(least);
    expect(violations.join()).toContain('killed');
    expect(lines.join('\n')).toMatch(/ends the job of .*: killed/);
  });
});

import { replay } from '../../simulate/replay';
import type { Scenario } from '../../simulate/scenario';
import { PERFECT_WORLD } from '../../simulate/world';
import { jobAt, MORNING, PERFECT_PLAN } from './perfect-plan';

const SCENARIO: Scenario = {
  works: [{ plan: PERFECT_PLAN, jobs: [jobAt(3), jobAt(1000)] }],
  account: {},
  world: PERFECT_WORLD,
};
const toTime = (line: string) => Date.parse(`${line.slice(0, 23).replace(' ', 'T')}Z`);

test('each line has its time, in order, from the first job on', () => {
  const times = replay(SCENARIO).lines.map(toTime);
  expect(times.every(Number.isFinite)).toBe(true);
  expect(times).toEqual([...times].sort((one, other) => one - other));
  expect(times[0]).toBeGreaterThanOrEqual(MORNING + 3000);
  // Both jobs, and nothing for long after them.
  expect(times.at(-1)).toBeGreaterThan(MORNING + 1_120_000);
  expect(times.at(-1)).toBeLessThan(MORNING + 1_400_000);
});

test('it tells what was decided and why, and what became of each instance and each job', () => {
  const text = replay(SCENARIO).lines.join('\n');
  const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0;
  expect(count(/ grow to 1 \(/g)).toBe(2);
  expect(count(/linux-\d is in service/g)).toBe(2);
  expect(count(/linux-\d takes the job/g)).toBe(2);
  expect(count(/ends the job .*: done/g)).toBe(2);
  expect(count(/linux-\d is gone/g)).toBe(2);
});

test('looks that change nothing are left out', () => {
  // For the hour of the job there would be hundreds.
  const { lines } = replay({ ...SCENARIO, works: [{ plan: PERFECT_PLAN, jobs: [jobAt(0, 3600)] }] });
  expect(lines.length).toBeLessThan(20);
});

test('the same scenario is replayed the same', () => {
  expect(replay(SCENARIO)).toEqual(replay(SCENARIO));
});

test('a good run violates nothing, and one that kills jobs is told to', () => {
  expect(replay(SCENARIO).violations).toEqual([]);
  const plan = {
    ...PERFECT_PLAN,
    policy: 'published-maximum' as const,
    life: { ...PERFECT_PLAN.life, way: 'powers-off' as const },
  };
  const jobs = Array.from({ length: 40 }, (_, index) => jobAt(index * 97, 600));
  const world = { ...PERFECT_WORLD, protect: [3600, 3600] as const };
  const { violations, lines } = replay({ ...SCENARIO, works: [{ plan, jobs }], world });
  expect(violations).toContainEqual(expect.stringMatching(/killed/));
  expect(lines).toContainEqual(expect.stringMatching(/ends the job .*: killed/));
});

test('of several fleets each decision names its own', () => {
  const other = { ...PERFECT_PLAN, settings: { ...PERFECT_PLAN.settings, name: 'arm' } };
  const { lines } = replay({
    ...SCENARIO,
    works: [...SCENARIO.works, { plan: other, jobs: [jobAt(5)] }],
  });
  expect(lines.filter((line) => /linux: grow to/.test(line))).toHaveLength(2);
  expect(lines.filter((line) => /arm: grow to/.test(line))).toHaveLength(1);
});

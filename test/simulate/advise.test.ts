import { parse as parseYaml, stringify } from 'yaml';
import type { Config } from '../../config/schema';
import { toPlan as fromConfig } from '../../scripts/simulate/to-plan';
import { toReach } from '../../scripts/simulate/to-reach';
import { type Choice, toPlan } from '../../simulate/advice/choice';
import { type Advice, advise } from '../../simulate/advise';
import { toBound } from '../../simulate/policies/bound';
import { type Account, runFleet } from '../../simulate/run';
import type { Job } from '../../simulate/trace';
import { PERFECT_WORLD } from '../../simulate/world';
import { change, PERFECT, parse } from '../config/perfect';
import { jobAt } from './perfect-plan';

const PRICE = 0.1;
/** A fleet of GitLab that may do all: several types, no pool yet, one job at a time. */
const TEXT = change(
  '    warmPool: { stopped: 2 }\n    serves: many-jobs\n    jobsPerInstance: 6\n',
  '',
  change('[c7i.large]', '[c7i.large, c7a.large]'),
);

function ask(jobs: readonly Job[], text = TEXT, name = 'pipelines') {
  const config = parse(text);
  const fleet = config.fleets.find((one) => one.name === name) as Config['fleets'][number];
  const plan = fromConfig(config, fleet, PRICE);
  return { plan, jobs, world: PERFECT_WORLD, reach: toReach(config, fleet) };
}

/** Twelve at once, each half of an hour. */
const BURSTS = Array.from({ length: 60 }, (_, index) => jobAt(Math.floor(index / 12) * 1800, 200));
/** Ten minutes each, one a minute: about ten at once. */
const STEADY = Array.from({ length: 120 }, (_, index) => jobAt(index * 60, 590));

describe('advice', () => {
  const asked = ask(BURSTS);
  const runs: number[] = [];
  const advice = advise(asked, (done, most) => runs.push(done, most));
  const { tried, chosen, recommended, answers } = advice;

  it('is the same each time', () => expect(advise(asked)).toEqual(advice));

  it('tells of each run, and of no more than it said', () => {
    expect(runs.at(-2)).toBe(tried.length);
    expect(tried.length).toBeLessThanOrEqual(runs.at(-1) ?? 0);
  });

  it('what is not beaten is marked, and nothing else', () => {
    for (const one of tried) {
      const isBeaten = tried.some(
        ({ cost, p95 }) => cost <= one.cost && p95 <= one.p95 && (cost < one.cost || p95 < one.p95),
      );
      expect(one.isBest).toBe(!isBeaten);
    }
  });

  it('what is chosen was tried, has a letter, and is written down once', () => {
    const settings = chosen.flatMap(({ setting }) => setting ?? []);
    expect(tried).toEqual(expect.arrayContaining(settings));
    expect([...new Set(settings.map(({ label }) => label))]).toEqual(recommended.map(({ label }) => label));
  });

  it('a goal that is not met says so, and why', () => {
    const [half] = answers;
    expect(half).toMatchObject({
      target: 'half of the jobs within 1 s at no more than 1.2 × bound',
      isMet: false,
    });
    expect(half?.lines[0]).toMatch(/^Not met: /);
    expect(half?.lines.join(' ')).toMatch(/of the jobs that find one 62 % begin within 1 s/);
    expect(half?.lines.join(' ')).toMatch(/idle hours/);
  });

  it('each recommendation is lines of the config that mean what was played', () => {
    expect(recommended.length).toBeGreaterThan(1);
    for (const { lines, choice } of recommended) {
      const raw = parseYaml(TEXT);
      const said = parseYaml(lines.join('\n'));
      const [fleet] = said.fleets;
      const fleets = raw.fleets.map((one: { name: string }) =>
        one.name === fleet.name ? { ...one, ...fleet } : one,
      );
      const config = parse(stringify({ ...raw, fleets, scaler: { ...raw.scaler, ...said.scaler } }));
      const written = config.fleets.find(({ name }) => name === fleet.name) as Config['fleets'][number];
      expect(fromConfig(config, written, PRICE)).toEqual(toPlan(asked.plan, choice));
    }
  });
});

describe('goals', () => {
  it('are met by a fleet whose jobs come one by one', () => {
    const { answers } = advise(ask(STEADY));
    expect(answers.map(({ isMet }) => isMet)).toEqual([true, true]);
    expect(answers[0]?.lines).toEqual([expect.stringMatching(/^Met: [\d.]+ × bound\.$/)]);
  });
});

describe('with jobs that the search did not see', () => {
  const unseen = { jobs: BURSTS, source: 'bursts' };
  const asked = { ...ask(STEADY), unseen };
  const other = { ...asked.world, seed: asked.world.seed + 1 };
  const advice = advise(asked);

  it('each chosen setting is played too, and nothing else', () => {
    for (const { label, unseen: outcome } of advice.tried) expect(outcome === undefined).toBe(!label);
    const [first] = advice.recommended;
    const { cost, waits } = runFleet(toPlan(asked.plan, first?.choice as Choice), BURSTS, other);
    expect(advice.tried.find(({ label }) => label === first?.label)?.unseen).toEqual({
      ...{ cost, p50: waits.p50, p95: waits.p95 },
    });
  });

  it('it says of them what is theirs, in terms of their own bound', () => {
    expect(advice.unseen).toEqual({ source: 'bursts', bound: toBound(BURSTS, other, asked.plan).cost });
    expect(advice.bound).toBe(toBound(STEADY, asked.world, asked.plan).cost);
  });

  it('they change nothing of the choice', () => {
    const names = ({ chosen }: Advice) => chosen.map(({ setting }) => setting?.name);
    expect(names(advice)).toEqual(names(advise(ask(STEADY))));
  });

  it('a goal that is met with the seen ones alone is told to be', () => {
    const [half] = advice.answers;
    expect(half).toMatchObject({ isMet: true, lines: [expect.stringMatching(/^Met/), expect.any(String)] });
    expect(half?.lines[1]).toMatch(/did not see it is missed: [\d.]+ s for [\d.]+ × bound/);
    const [same] = advise({ ...ask(STEADY), unseen: { jobs: STEADY, source: 'the same' } }).answers;
    expect(same?.lines[1]).toMatch(/did not see it is met too: /);
  });
});

describe('an account that runs few jobs at once', () => {
  it('makes the others wait, whatever is set', () => {
    const least = (account: Account) =>
      Math.min(...advise({ ...ask(BURSTS), account }).tried.map(({ p95 }) => p95));
    expect(least({ concurrency: 3 })).toBeGreaterThan(least({}) + 100);
  });
});

describe('what no setting can cure', () => {
  it('more jobs at once than the plan runs: it says so', () => {
    const { answers } = advise(ask(BURSTS, PERFECT, 'linux'));
    expect(answers[1]).toMatchObject({ isMet: false });
    expect(answers[1]?.lines.join(' ')).toContain('Up to 12 jobs want to run at once, and 10 can');
  });
});

describe('what a fleet may be set to', () => {
  it('CircleCI takes one job an instance, and no more than its plan runs', () => {
    const { reach } = ask(BURSTS, PERFECT, 'linux');
    // PERFECT: concurrency 10, a tenth of spot instances.
    expect(reach).toMatchObject({ serves: ['one-job'], most: 10, mayStop: false, timeZone: 'Europe/Berlin' });
  });

  it('instances that run several jobs at once serve many', () => {
    expect(ask(BURSTS, PERFECT).reach.serves).toEqual(['many-jobs']);
  });

  it('who may not be told from busy ones does not wait', () => {
    const text = change(
      '    instanceTypes: [m7g.large]',
      '    instanceTypes: [m7g.large]\n    protection: all',
    );
    expect(ask(BURSTS, text, 'arm').reach.mayWait).toBe(false);
  });
});

/**
 * make soak: random fleets, jobs and faults in virtual time until so many jobs were simulated (JOBS=100000), from the seed
 * SEED=1 on. Fails at the first violation, with its seed and its smallest trace; `make simulate SOAK=<seed>` replays it. Beside
 * it, with the same jobs and faults: what the published CircleCI scalers kill and cost (PUBLISHED=0 leaves them out).
 */
import { minimize } from '../simulate/minimize';
import { runFleet } from '../simulate/run';
import { type Scenario, type Size, toScenario } from '../simulate/scenario';
import { verify } from '../simulate/verify';
import { ExpectedError } from './expected-error';
import { runScript } from './run-script';
import { toColumns } from './to-columns';

interface Sum {
  jobs: number;
  killed: number;
  crashed: number;
  left: number;
  cost: number;
  hours: number;
}
const newSum = (): Sum => ({ jobs: 0, killed: 0, crashed: 0, left: 0, cost: 0, hours: 0 });

const PROGRESS_MS = 10_000;

function add(sum: Sum, { fates, jobs, cost, bill }: ReturnType<typeof runFleet>): void {
  sum.jobs += jobs;
  sum.killed += fates.killed;
  sum.crashed += fates.crashed + fates.reclaimed;
  sum.left += fates.open;
  sum.cost += cost;
  sum.hours += bill.instanceHours;
}

const toPublished = ({ plan, ...rest }: Scenario): Scenario => ({
  ...rest,
  plan: {
    ...plan,
    policy: 'published-maximum',
    // Single-task agents without hours, warm capacity or a pool: what they are.
    settings: { ...plan.settings, warm: 0, slots: 1, hours: undefined },
    group: { ...plan.group, stopped: 0 },
    life: { ...plan.life, slots: 1, serves: 'one-job', way: 'powers-off' },
  },
});

const toSeconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`;

function toNumber(name: string, text: string | undefined, fallback: number): number {
  if (!text) return fallback;
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new ExpectedError(`${name}=${text}: use a whole number from 1 on.`);
}

runScript(async (variables) => {
  const wanted = toNumber('JOBS', variables.JOBS, 100_000);
  const first = toNumber('SEED', variables.SEED, 1);
  const size: Size = variables.SIZE === 'small' ? 'small' : 'large';
  const ours = newSum();
  const theirs = newSum();
  const begin = performance.now();
  let shown = begin;
  let own = 0;
  let memory = 0;
  let seed = first;
  for (; ours.jobs < wanted; seed += 1) {
    const scenario = toScenario(seed, size);
    const { plan, jobs, world } = scenario;
    if (jobs.length === 0) continue;
    const at = performance.now();
    const result = runFleet(plan, jobs, world);
    own += performance.now() - at;
    add(ours, result);
    const violations = verify(plan, jobs, world, result);
    if (violations.length > 0) {
      const least = minimize(scenario);
      throw new ExpectedError(
        [
          `Seed ${seed}: ${violations.join('; ')}.`,
          `The smallest trace that still does it has ${least.jobs.length} of ${jobs.length} jobs.`,
          `Replay: make simulate SOAK=${seed} SIZE=${size}`,
        ].join('\n'),
      );
    }
    if (variables.PUBLISHED !== '0') {
      const { plan: published } = toPublished(scenario);
      add(theirs, runFleet(published, jobs, world));
    }
    memory = Math.max(memory, process.memoryUsage().rss);
    if (performance.now() - shown > PROGRESS_MS) {
      shown = performance.now();
      console.log(`${ours.jobs.toLocaleString('en')} jobs, seed ${seed}, ${toSeconds(shown - begin)}`);
    }
  }
  const row = (name: string, { jobs, killed, crashed, left, cost, hours }: Sum) => [
    name,
    jobs.toLocaleString('en'),
    String(killed),
    String(crashed),
    String(left),
    hours.toFixed(0),
    cost.toFixed(0),
  ];
  const head = ['policy', 'jobs', 'killed by scaling', 'lost to crash or spot', 'not served', 'hours', '$'];
  console.log(
    toColumns(head, [row('muster', ours), ...(theirs.jobs > 0 ? [row('published', theirs)] : [])]).join('\n'),
  );
  console.log(
    `Seeds ${first} to ${seed - 1}, ${size}: no violation. ${toSeconds(own)} for ours, ${Math.round(ours.jobs / (own / 1000)).toLocaleString('en')} jobs a second, ${Math.round(memory / 1e6)} MB at most.`,
  );
});

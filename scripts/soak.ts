/**
 * make soak: random fleets, jobs and faults in virtual time until so many jobs were simulated (JOBS=100000), from the seed
 * SEED=1 on; SIZE=small plays days of some dozen jobs. Fails at the first violation, with its seed and its smallest trace;
 * `make simulate SOAK=<seed>` replays it. Beside it, with the same jobs and faults: what the published CircleCI scalers kill
 * and cost (PUBLISHED=0 leaves them out).
 */
import { toCount } from '../simulate/show';
import { type Sum, soak, toReport } from '../simulate/soak';
import { ExpectedError } from './expected-error';
import { runScript } from './run-script';
import { readSize } from './simulate/read-size';
import { toColumns } from './to-columns';

const PROGRESS_MS = 10_000;

const toSeconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`;

function readCount(name: string, text: string | undefined, fallback: number): number {
  if (!text) return fallback;
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new ExpectedError(`${name}=${text}: use a whole number from 1 on.`);
}

const HEAD = [
  'policy',
  'jobs',
  'killed by scaling',
  'lost to crash or spot',
  'not served',
  'leaked',
  'hours',
  '$',
];
const toRow = (name: string, { jobs, killed, lost, notServed, leaked, hours, cost }: Sum) => [
  name,
  ...[jobs, killed, lost, notServed, leaked, hours, cost].map(toCount),
];

runScript(async (variables) => {
  const first = readCount('SEED', variables.SEED, 1);
  const jobs = readCount('JOBS', variables.JOBS, 100_000);
  const size = readSize(variables.SIZE);
  const begin = performance.now();
  let shown = begin;
  let memory = 0;
  const { ours, published, lastSeed, took, violation } = soak({
    ...{ first, jobs, size },
    hasPublished: variables.PUBLISHED !== '0',
    clock: () => performance.now(),
    onScenario(progress) {
      memory = Math.max(memory, process.memoryUsage().rss);
      if (performance.now() - shown < PROGRESS_MS) return;
      shown = performance.now();
      console.log(`${toCount(progress.jobs)} jobs, seed ${progress.seed}, ${toSeconds(shown - begin)}`);
    },
  });
  if (violation) throw new ExpectedError(toReport(violation, size));
  const rows = [toRow('muster', ours), ...(published.jobs > 0 ? [toRow('published', published)] : [])];
  console.log(toColumns(HEAD, rows).join('\n'));
  console.log(
    `Seeds ${first} to ${lastSeed}, ${size}: no violation. ${toSeconds(took)} for ours, ${toCount(ours.jobs / (took / 1000))} jobs a second, ${Math.round(memory / 1e6)} MB at most.`,
  );
});

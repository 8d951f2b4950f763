/** Virtual time: simulated jobs a second, beside the same engine with nothing to decide; and a month of 50 fleets. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

const REPEATS = 3;
/** Seconds; what docs/simulate.md promises for a month of 50 fleets. */
const LIMIT_SECONDS = 60;

interface Cost {
  jobs: number;
  looks: number;
  seconds: number;
  mb: number;
}

/** The least of some runs, each in a process of its own: what a busy machine adds is not ours. */
function measure(script: string, what: string, repeats = REPEATS): Cost {
  const runs = Array.from({ length: repeats }, (): Cost => {
    const printed = execFileSync(process.execPath, [script, what], { encoding: 'utf8' });
    return JSON.parse(printed);
  });
  return runs.reduce((least, run) => (run.seconds < least.seconds ? run : least));
}

function main(): void {
  const directory = mkdtempSync(join(tmpdir(), 'muster-bench-simulate-'));
  try {
    const script = join(directory, 'simulate-once.js');
    buildSync({
      entryPoints: [join(__dirname, 'simulate-once.ts')],
      outfile: script,
      bundle: true,
      platform: 'node',
    });
    const baseline = measure(script, 'all-knowing');
    const rows: [string, Cost][] = [
      ['a working week, all-knowing instead of the core', baseline],
      ['a working week, the deployed core', measure(script, 'muster')],
      ['a bad week, the deployed core', measure(script, 'bad')],
      ['random fleets and faults, as make soak', measure(script, 'soak')],
      ['a month of 50 fleets', measure(script, 'company', 1)],
    ];
    const pace = ({ jobs, seconds }: Cost) => jobs / seconds;
    console.log('CPU seconds of one process; ratio: jobs a second of the baseline by those of this row.');
    console.table(
      Object.fromEntries(
        rows.map(([name, cost]) => [
          name,
          {
            jobs: cost.jobs,
            looks: cost.looks,
            seconds: Number(cost.seconds.toFixed(1)),
            'jobs a second': Math.round(pace(cost)),
            ratio: Number((pace(baseline) / pace(cost)).toFixed(1)),
            'peak MB': Math.round(cost.mb),
            ...(name.startsWith('a month') ? { limit: LIMIT_SECONDS } : {}),
          },
        ]),
      ),
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
}

main();

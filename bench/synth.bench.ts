/** Synthesis of 1 and 10 fleets beside the same process that only loads what synthesis needs. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';

const PROJECT = join(__dirname, '..');
const REPEATS = 3;
const LIMIT_SECONDS = 3;

interface Cost {
  seconds: number;
  mb: number;
}

/** The least of some runs: what a busy machine adds is not ours. */
function measure(args: string[], environment: Record<string, string>): Cost {
  const runs = Array.from({ length: REPEATS }, (): Cost => {
    const printed = execFileSync(process.execPath, ['--no-warnings', '--import', 'tsx', ...args], {
      cwd: PROJECT,
      env: { PATH: process.env.PATH, ...environment },
      encoding: 'utf8',
    });
    return JSON.parse(printed.trim().split('\n').at(-1) ?? '');
  });
  return {
    seconds: Math.min(...runs.map(({ seconds }) => seconds)),
    mb: Math.min(...runs.map(({ mb }) => mb)),
  };
}

function writeConfig(directory: string, fleets: number): void {
  const example = parse(readFileSync(join(PROJECT, 'config/dev.yaml'), 'utf8'));
  const [fleet] = example.fleets;
  example.fleets = Array.from({ length: fleets }, (_, index) => ({
    ...fleet,
    name: `fleet-${index}`,
    resourceClass: `acme/fleet-${index}`,
  }));
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'bench.yaml'), stringify(example));
}

function main(): void {
  const directory = mkdtempSync(join(tmpdir(), 'muster-bench-synth-'));
  try {
    const child = join(__dirname, 'synth-once.ts');
    const cost = (fleets: number) => {
      const config = join(directory, `${fleets}`);
      writeConfig(config, fleets);
      return measure([child, 'synthesize'], {
        MUSTER_CONFIG_DIR: config,
        CDKTF_OUTDIR: join(directory, 'out'),
      });
    };
    const baseline = measure([child, 'load'], {});
    const rows: [string, Cost][] = [
      ['only load cdktf and the resources', baseline],
      ['1 fleet', cost(1)],
      ['10 fleets', cost(10)],
    ];
    console.table(
      Object.fromEntries(
        rows.map(([what, { seconds, mb }]) => [
          what,
          {
            seconds: seconds.toFixed(2),
            'to baseline': (seconds / baseline.seconds).toFixed(2),
            'MB at most': Math.round(mb),
          },
        ]),
      ),
    );
    const ten = rows[2]?.[1].seconds ?? Number.POSITIVE_INFINITY;
    console.log(
      `10 fleets in ${ten.toFixed(2)} s: ${ten < LIMIT_SECONDS ? 'within' : 'BEYOND'} ${LIMIT_SECONDS} s`,
    );
    if (ten >= LIMIT_SECONDS) process.exitCode = 1;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

main();

/** make local that is stopped half-way, by Ctrl-C or by force, leaves nothing behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_DIR } from '../../local/cloud/layout';
import { findLeftovers } from '../../local/cloud/leftovers';
import { readOwner } from '../../local/cloud/owner';
import { describeAsRoot } from '../as-root';
import { until } from '../local/until';

interface Run {
  child: ChildProcess;
  /** What it has printed. */
  output: () => string;
  runDir: () => string;
  ended: Promise<number | null>;
}

function startRun(): Run {
  let output = '';
  const child = spawn(process.execPath, ['--import', 'tsx', 'local/run/main.ts'], {
    cwd: PROJECT_DIR,
    env: { ...process.env, JOBS: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      output += chunk;
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, output: () => output, runDir: () => findRunDir(child.pid), ended };
}

/** The run folder that says it belongs to this process. */
function findRunDir(pid: number | undefined): string {
  const runs = join(PROJECT_DIR, '.muster', 'run');
  const own = readdirSync(runs).find((name) => readOwner(join(runs, name))?.pid === pid);
  if (!own) throw new Error(`No run folder belongs to process ${pid}.`);
  return join(runs, own);
}

/** Processes that work for a run, whoever their parent is. */
const processesFor = (runDir: string) =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return `${readFileSync(`/proc/${pid}/environ`, 'utf8')}${readFileSync(`/proc/${pid}/cmdline`, 'utf8')}`.includes(
          runDir,
        );
      } catch {
        return false;
      }
    });

const untilPrinted = ({ output }: Run, text: string) =>
  until(
    `it prints "${text}"`,
    async () => output(),
    (printed) => printed.includes(text),
    400,
  );

const untilNothingIsLeft = (runDir: string) =>
  until(
    'nothing is left',
    async () => [...findLeftovers(runDir, readOwner(runDir)?.cgroup ?? ''), ...processesFor(runDir)],
    (left) => left.length === 0,
    30,
  );

describeAsRoot('make local, interrupted', () => {
  let run: Run | undefined;
  afterEach(async () => {
    run?.child.kill('SIGKILL');
    await run?.ended;
  });

  test('by Ctrl-C while its job waits or runs: it says so, cleans up and exits with 130', async () => {
    run = startRun();
    await untilPrinted(run, 'Run 1 jobs');
    const runDir = run.runDir();
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(130);
    await untilNothingIsLeft(runDir);
    rmSync(runDir, { recursive: true });
  }, 1_200_000);

  test('by kill -9 in the middle of the deploy: Terraform and the cloud end with it', async () => {
    run = startRun();
    await untilPrinted(run, 'Deploy with cdktf');
    const runDir = run.runDir();
    await until(
      'Terraform or cdktf is at work',
      async () => processesFor(runDir),
      (found) => found.length > 3,
      60,
    );
    run.child.kill('SIGKILL');
    await run.ended;
    await untilNothingIsLeft(runDir);
    rmSync(runDir, { recursive: true });
  }, 1_200_000);
});

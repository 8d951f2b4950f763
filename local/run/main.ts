/** make local: the whole system on this machine, from the baked image to the last instance that leaves. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { PROJECT_DIR } from '../cloud/layout';
import { verifyHost } from '../cloud/prerequisites';
import { cleanStaleRuns } from '../cloud/stale-runs';
import { runFleets } from './fleets';
import { buildJobs, parseJobs } from './jobs';
import { type Options, parseOptions } from './options';
import { buildPage } from './page';
import type { RunRecord } from './record';
import { makeSteps } from './steps';
import { judge } from './verdict';
import { makeLiveView, makePlainView } from './view';

const print = (line: string) => console.log(line);

const readOwnJobs = ({ jobs, jobsFile }: Options) =>
  jobsFile ? parseJobs(readFileSync(jobsFile, 'utf8'), jobsFile) : buildJobs(jobs);

async function waitForUser(signal: AbortSignal): Promise<void> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  await lines
    .question('The local cloud stays up. Press Enter to end it. ', { signal })
    .finally(() => lines.close());
}

async function run(options: Options, signal: AbortSignal): Promise<boolean> {
  verifyHost();
  const jobs = readOwnJobs(options);
  const runs = join(PROJECT_DIR, '.muster', 'run');
  const runDir = join(runs, new Date().toISOString().replace(/[:.]/g, '-'));
  mkdirSync(runDir, { recursive: true });
  for (const stale of await cleanStaleRuns(runs)) print(`Looked after ${stale}, which has ended.`);
  const steps = makeSteps({ now: Date.now, print, signal });
  const view = process.stdout.isTTY ? await makeLiveView(process.stdout) : makePlainView(print);
  const record = await runFleets({
    ...{ options, jobs, runDir, steps, signal, view, print },
    waitForUser: () => waitForUser(signal),
  });
  return conclude(record, runDir);
}

function conclude(record: RunRecord, runDir: string): boolean {
  const findings = judge(record);
  const page = join(runDir, 'report.html');
  writeFileSync(page, buildPage(record, findings));
  writeFileSync(join(runDir, 'record.json'), JSON.stringify(record, null, 2));
  print('');
  for (const { good, promise, seen } of findings) print(`${good ? '✔' : '✘'} ${promise} (${seen})`);
  print(`\nReport: ${page}\nLogs of jobs, machines and services: ${runDir}`);
  return findings.every(({ good }) => good);
}

/** The first signal ends the run in order; a second one ends this process, and the kernel ends the rest with it. */
function makeStop(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(name, () => {
      print(`\n${name}: cleaning up. Once more to stop at once.`);
      controller.abort(new Error(`Stopped by ${name}.`));
    });
  }
  return controller.signal;
}

async function main(): Promise<void> {
  const signal = makeStop();
  try {
    process.exitCode = (await run(parseOptions(process.env), signal)) ? 0 : 1;
  } catch (error) {
    // Whatever failed after the user's wish to stop failed because of it.
    const { message, stack } = (signal.aborted ? signal.reason : error) as Error;
    console.error(signal.aborted ? message : (stack ?? message));
    process.exitCode = signal.aborted ? 130 : 1;
  }
}

void main();

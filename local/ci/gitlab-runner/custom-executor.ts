/** The custom executor (docs/executors/custom.md of gitlab-runner): a driver's programs prepare, run and clean up. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunnerConfig } from './config-file';
import { type Ended, type Executor, type Job, SUCCEEDED, systemFailure } from './job';
import { runProgram } from './process';

const BUILD_FAILURE = 1;
const SYSTEM_FAILURE = 2;
const PREPARE_ATTEMPTS = 3;

/** The driver hears of this stage by the name that it had before 17.0. */
const toDriverStage = (stage: string) => (stage === 'step_script' ? 'build_script' : stage);

interface Driver {
  graceful_kill_timeout?: number;
  [key: string]: unknown;
}

export function createCustomExecutor(runner: RunnerConfig, log: (line: string) => void): Executor {
  const driver = (runner.custom ?? {}) as Driver;
  const folder = mkdtempSync(join(tmpdir(), 'custom-executor'));
  const exitCodeFile = join(folder, 'build_exit_code');
  const responseFile = join(folder, 'response.json');
  let environment: NodeJS.ProcessEnv = {};
  const call = (
    verb: string,
    more: string[],
    onOut: (text: string) => void,
    onErr = onOut,
    signal?: AbortSignal,
  ) => {
    const program = driver[`${verb}_exec`];
    if (typeof program !== 'string') return Promise.resolve(0);
    const args = (driver[`${verb}_args`] ?? []) as string[];
    const graceMs = (driver.graceful_kill_timeout ?? 600) * 1000;
    const options = { env: environment, cwd: folder, graceMs, ...(signal ? { signal } : {}) };
    return runProgram({ command: [program, ...args, ...more], ...options }, onOut, onErr);
  };

  return {
    async prepare(job: Job, write) {
      writeFileSync(responseFile, JSON.stringify(job), { mode: 0o600 });
      environment = {
        ...process.env,
        TMPDIR: folder,
        BUILD_FAILURE_EXIT_CODE: String(BUILD_FAILURE),
        SYSTEM_FAILURE_EXIT_CODE: String(SYSTEM_FAILURE),
        BUILD_EXIT_CODE_FILE: exitCodeFile,
        JOB_RESPONSE_FILE: responseFile,
        ...Object.fromEntries(job.variables.map(({ key, value }) => [`CUSTOM_ENV_${key}`, value])),
        CUSTOM_ENV_CI_JOB_SERVICES: '',
      };
      for (let attempt = 1; ; attempt += 1) {
        let answer = '';
        const configured = await call('config', [], (text) => (answer += text), write);
        const prepared = configured === 0 ? await call('prepare', [], write) : configured;
        if (prepared === 0) {
          const told = answer
            ? (JSON.parse(answer) as { builds_dir?: string; driver?: { name?: string } })
            : {};
          write(`Using Custom executor${told.driver?.name ? ` with driver ${told.driver.name}` : ''}...\n`);
          return { buildsDir: told.builds_dir ?? String(runner.builds_dir) };
        }
        if (prepared !== SYSTEM_FAILURE || attempt === PREPARE_ATTEMPTS)
          throw new Error(`the driver's prepare ended with ${prepared}`);
      }
    },
    async run(stage, script, write, signal): Promise<Ended> {
      const scripts = mkdtempSync(join(folder, 'script'));
      mkdirSync(scripts, { recursive: true });
      const file = join(scripts, 'script.bash');
      writeFileSync(file, script, { mode: 0o700 });
      rmSync(exitCodeFile, { force: true });
      const code = await call('run', [file, toDriverStage(stage)], write, write, signal);
      if (code === 0) return SUCCEEDED;
      if (code !== BUILD_FAILURE) return systemFailure;
      const exitCode = existsSync(exitCodeFile)
        ? Number.parseInt(readFileSync(exitCodeFile, 'utf8'), 10)
        : code;
      return { exitCode, reason: 'script_failure' };
    },
    async cleanup() {
      await call(
        'cleanup',
        [],
        () => {},
        (text) => log(text.trimEnd()),
      );
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What a hosted runner does for each step: its environment, the files it may write, and what is taken from them. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { NewRun, StartedRun } from '../runs-api';
import type { Conclusion } from '../state';
import { type ActionFile, toInputs } from './action-file';
import { makeCommandFiles, type Said } from './command-files';
import type { MaskedLog } from './masked-log';
import { type CancelTimes, runProcess } from './run-process';

interface StepRunnerOptions {
  run: Omit<NewRun, 'name'>;
  started: StartedRun;
  githubUrl: string;
  idTokenUrl: string;
  /** Of every step. */
  environment: Record<string, string>;
  temp: string;
  log: MaskedLog;
  times: CancelTimes;
}

export interface StepRunner {
  /** For the steps that follow. */
  export(environment: Record<string, string>): void;
  main(
    action: ActionFile,
    given: Record<string, string>,
    status: Conclusion,
    signal: AbortSignal,
  ): Promise<void>;
  post: StepRunner['main'];
  bash(command: string, signal: AbortSignal): Promise<void>;
  /** Of the action. */
  outputs(): Record<string, string>;
  summary(): string;
}

/** Nothing of the one who plays GitHub gets to a step but the way to its programs. */
function toEnvironment({ run, started, githubUrl, idTokenUrl, temp }: StepRunnerOptions, folder: string) {
  const ref = run.ref ?? 'refs/heads/main';
  return {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    LANG: 'C.UTF-8',
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTOR: 'octocat',
    GITHUB_API_URL: githubUrl,
    GITHUB_EVENT_NAME: run.event ?? 'push',
    GITHUB_JOB: 'start',
    GITHUB_REF: ref,
    GITHUB_REF_NAME: ref.replace(/^refs\/(heads|tags|pull)\//, ''),
    GITHUB_REPOSITORY: run.repository,
    GITHUB_REPOSITORY_OWNER: run.repository.split('/')[0] ?? '',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_RUN_ID: String(started.runId),
    GITHUB_RUN_NUMBER: '1',
    GITHUB_SERVER_URL: githubUrl,
    GITHUB_SHA: '0'.repeat(40),
    GITHUB_WORKFLOW: 'build',
    GITHUB_WORKSPACE: folder,
    RUNNER_ARCH: 'X64',
    RUNNER_ENVIRONMENT: 'github-hosted',
    RUNNER_NAME: started.runner,
    RUNNER_OS: 'Linux',
    RUNNER_TEMP: temp,
    RUNNER_TOOL_CACHE: temp,
    ACTIONS_ID_TOKEN_REQUEST_URL: idTokenUrl,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: started.idTokenBearer,
  };
}

export function makeStepRunner(options: StepRunnerOptions): StepRunner {
  const { temp, log, times, started } = options;
  const folder = join(temp, 'work');
  mkdirSync(folder);
  let exported: Record<string, string> = {};
  let ofMain: Pick<Said, 'outputs' | 'state'> = { outputs: {}, state: {} };
  let summary = '';

  /** What it said counts also when it failed. */
  const run = async (
    command: [string, ...string[]],
    own: Record<string, string>,
    signal: AbortSignal,
  ): Promise<{ said: Said; code: number | null }> => {
    const files = makeCommandFiles(temp);
    const environment = {
      ...options.environment,
      ...toEnvironment(options, folder),
      ...exported,
      ...files.environment,
      ...own,
    };
    const code = await runProcess({ command, folder, environment, log, signal, times });
    const said = files.read();
    exported = { ...exported, ...said.environment };
    summary += said.summary;
    return { said, code };
  };
  const mustBeZero = (code: number | null) => {
    if (code !== 0) throw new Error(`Process completed with exit code ${code}.`);
  };
  const inputs = (action: ActionFile, given: Record<string, string>, status: Conclusion) =>
    toInputs(action, given, { 'github.token': started.token, 'job.status': status });

  return {
    export: (environment) => {
      exported = { ...exported, ...environment };
    },
    async main(action, given, status, signal) {
      const own = inputs(action, given, status);
      const { said, code } = await run([process.execPath, action.main], own, signal);
      ofMain = said;
      mustBeZero(code);
    },
    async post(action, given, status, signal) {
      const state = Object.entries(ofMain.state).map(([name, value]) => [`STATE_${name}`, value]);
      const own = { ...inputs(action, given, status), ...Object.fromEntries(state) };
      const { code } = await run([process.execPath, action.post ?? ''], own, signal);
      mustBeZero(code);
    },
    async bash(command, signal) {
      const { code } = await run(['bash', '-e', '-c', command], {}, signal);
      mustBeZero(code);
    },
    outputs: () => ofMain.outputs,
    summary: () => summary,
  };
}

/** The runner's side of GitLab's API, with the requests and the answers that gitlab-runner's network/gitlab.go knows. */
import type { RunnerConfig } from './config-file';
import type { Job } from './job';

const TIMEOUT_MS = 10_000;

/** `client error`: no answer at all. */
export interface Answer {
  status: number | 'client error';
  text: string;
  headers: Headers;
}

export type JobState = 'running' | 'success' | 'failed';
export interface Update {
  state: JobState;
  failureReason?: string;
  exitCode?: number;
  bytes: number;
}

export interface Client {
  verify: (runner: RunnerConfig) => Promise<Answer>;
  unregisterManager: (runner: RunnerConfig) => Promise<Answer>;
  unregisterRunner: (runner: RunnerConfig) => Promise<Answer>;
  requestJob: (runner: RunnerConfig, signal: AbortSignal) => Promise<Answer>;
  updateJob: (runner: RunnerConfig, job: Job, update: Update) => Promise<Answer>;
  patchTrace: (runner: RunnerConfig, job: Job, bytes: Buffer, offset: number) => Promise<Answer>;
}

export function createClient(version: string, systemId: string): Client {
  const info = (runner: RunnerConfig) => ({
    name: 'gitlab-runner',
    version,
    revision: 'stand-in',
    platform: 'linux',
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    executor: runner.executor,
    shell: 'bash',
    features: {
      variables: true,
      return_exit_code: true,
      cancelable: true,
      trace_reset: true,
      trace_size: true,
    },
  });
  const call = async (
    { url }: RunnerConfig,
    method: string,
    path: string,
    headers: Record<string, string>,
    body: unknown,
    signal?: AbortSignal,
  ): Promise<Answer> => {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const response = await fetch(`${url.replace(/\/+$/, '')}/api/v4/${path}`, {
        method,
        headers: { 'content-type': body instanceof Buffer ? 'text/plain' : 'application/json', ...headers },
        body: body instanceof Buffer ? new Uint8Array(body) : JSON.stringify(body),
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      return { status: response.status, text: await response.text(), headers: response.headers };
    } catch (error) {
      return { status: 'client error', text: String(error), headers: new Headers() };
    }
  };
  const asRunner = (runner: RunnerConfig) => ({ 'runner-token': runner.token });
  return {
    verify: (runner) =>
      call(runner, 'POST', 'runners/verify', asRunner(runner), { token: runner.token, system_id: systemId }),
    unregisterManager: (runner) =>
      call(runner, 'DELETE', 'runners/managers', asRunner(runner), {
        token: runner.token,
        system_id: systemId,
      }),
    unregisterRunner: (runner) =>
      call(runner, 'DELETE', 'runners', asRunner(runner), { token: runner.token }),
    requestJob: (runner, signal) =>
      call(
        runner,
        'POST',
        'jobs/request',
        asRunner(runner),
        { info: info(runner), token: runner.token, system_id: systemId },
        signal,
      ),
    updateJob: (runner, job, { state, failureReason, exitCode, bytes }) =>
      call(
        runner,
        'PUT',
        `jobs/${job.id}`,
        { 'job-token': job.token },
        {
          info: info(runner),
          token: job.token,
          state,
          failure_reason: failureReason,
          exit_code: exitCode,
          output: { bytesize: bytes },
        },
      ),
    patchTrace: (runner, job, bytes, offset) =>
      call(
        runner,
        'PATCH',
        `jobs/${job.id}/trace?debug_trace=false`,
        { 'job-token': job.token, 'content-range': `${offset}-${offset + bytes.length - 1}` },
        bytes,
      ),
  };
}

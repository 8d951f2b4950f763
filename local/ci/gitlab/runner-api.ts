/** API v4 for runners, as gitlab-runner's network client calls it: the token is in the body or in a header. */
import { existsSync, writeFileSync } from 'node:fs';
import { toInstanceId } from '../../../lambda/housekeeper/core/system-id';
import {
  jsonBody,
  type Reply,
  RequestError,
  type Route,
  type ServiceRequest,
} from '../../cloud/http-service';
import { putInLog, sizeOfLog } from './job-log';
import { toJobResponse } from './job-response';
import { forget, meet } from './managers';
import { mayTake } from './may-take';
import { type GitlabJob, type GitlabState, type Runner, runnerOfToken } from './state';
import { statusOf } from './views';
import { postJobHook } from './webhooks';

/** What a runner is told with each answer about its job; the interval is seconds between two pieces of a log. */
const UNDER_WAY = { 'job-status': 'running', 'x-gitlab-trace-update-interval': '3' };

const forbidden: Reply = { status: 403, body: { message: '403 Forbidden' } };

/** The runner whose token this is; it makes contact as the machine with this system id. */
function greet(state: GitlabState, request: ServiceRequest): { runner: Runner; systemId: string } | null {
  const { token, system_id: sent, info } = jsonBody(request);
  const runner = runnerOfToken(state, token ?? request.headers['runner-token']);
  if (!runner) return null;
  // A client that is too old to send one shares this row with all others of its kind.
  const systemId = typeof sent === 'string' && sent ? sent : '<legacy>';
  const version = String((info as Record<string, unknown> | undefined)?.version ?? '');
  meet(state, runner, { systemId, version, ip: request.from });
  return { runner, systemId };
}

function requestJob(state: GitlabState, request: ServiceRequest): Reply {
  const greeted = greet(state, request);
  if (!greeted) return forbidden;
  const { runner, systemId } = greeted;
  const takes = (job: GitlabJob) => mayTake(runner, state.projects.get(job.project), job);
  const claimed = state.queue.claim(takes, toInstanceId(systemId) ?? systemId, null, state.now());
  const project = claimed && state.projects.get(claimed.job.project);
  if (!claimed || !project)
    return { status: 204, headers: { 'x-gitlab-last-update': String(state.queue.jobs.length) } };
  const { job, token } = claimed;
  Object.assign(job, { runnerId: runner.id, systemId });
  if (!existsSync(job.logFile)) writeFileSync(job.logFile, '');
  postJobHook(state, job);
  return {
    status: 201,
    body: toJobResponse(job, project, runner, token, `http://${request.headers.host}`),
  };
}

/** The job of this token while it runs, or the reply that makes the runner abort. */
function jobOf(state: GitlabState, request: ServiceRequest, token: unknown): GitlabJob | Reply {
  const sent = token ?? request.headers['job-token'];
  const job = state.queue.byToken(request.params[0] ?? '', typeof sent === 'string' ? sent : undefined);
  if (!job) return forbidden;
  if (job.state === 'running') {
    state.queue.heard(job, state.now());
    return job;
  }
  return {
    status: 403,
    body: { message: '403 Forbidden - Job is not running' },
    headers: { 'job-status': statusOf(job) },
  };
}

function updateJob(state: GitlabState, request: ServiceRequest): Reply {
  const { token, state: reached, failure_reason: reason, exit_code: exitCode, output } = jsonBody(request);
  const job = jobOf(state, request, token);
  if ('status' in job) return job;
  if (reached !== 'success' && reached !== 'failed') return { status: 200, body: '200', headers: UNDER_WAY };
  const bytes = (output as Record<string, unknown> | undefined)?.bytesize;
  // Accepted, but the rest of the log is missing: the runner sends it and says this again.
  if (typeof bytes === 'number' && sizeOfLog(job.logFile) < bytes && !state.incomplete.has(job.id)) {
    state.incomplete.add(job.id);
    return { status: 202, body: '202', headers: UNDER_WAY };
  }
  const failure = reason === 'script_failure' || typeof reason !== 'string' ? null : reason;
  const code = typeof exitCode === 'number' ? exitCode : null;
  state.queue.finish(job, reached === 'success' ? 0 : (code ?? 1), failure, state.now());
  postJobHook(state, job);
  return { status: 200, body: '200', headers: { ...UNDER_WAY, 'job-status': statusOf(job) } };
}

function patchTrace(state: GitlabState, request: ServiceRequest): Reply {
  const range = /^(\d+)-(\d+)?/.exec(String(request.headers['content-range'] ?? ''));
  if (!range) throw new RequestError(400, '400 Missing header Content-Range');
  const job = jobOf(state, request, undefined);
  if ('status' in job) return job;
  const isWritten = putInLog(job.logFile, Number(range[1]), request.bytes);
  const headers = { ...UNDER_WAY, range: `0-${sizeOfLog(job.logFile)}` };
  return isWritten
    ? { status: 202, body: '202', headers }
    : { status: 416, body: { message: '416 Range Not Satisfiable' }, headers };
}

export function runnerRoutes(state: GitlabState): Route[] {
  return [
    [
      'POST',
      /^\/api\/v4\/runners\/verify$/,
      (request) => {
        const greeted = greet(state, request);
        if (!greeted) return forbidden;
        const { id, token } = greeted.runner;
        return { status: 200, body: { id, token, token_expires_at: null } };
      },
    ],
    [
      'POST',
      /^\/api\/v4\/runners$/,
      // Registration tokens: turned off, as in new groups.
      () => ({ status: 410, body: { message: '410 Gone - runner registration disallowed' } }),
    ],
    [
      'DELETE',
      /^\/api\/v4\/runners\/managers$/,
      (request) => {
        const { token, system_id: systemId } = jsonBody(request);
        const runner = runnerOfToken(state, token);
        if (!runner) return forbidden;
        if (typeof systemId !== 'string' || !systemId)
          return { status: 400, body: { error: 'system_id is missing' } };
        return forget(state, runner, systemId)
          ? { status: 204 }
          : { status: 404, body: { message: '404 Not found' } };
      },
    ],
    [
      'DELETE',
      /^\/api\/v4\/runners$/,
      (request) => {
        const runner = runnerOfToken(state, jsonBody(request).token);
        if (!runner) return forbidden;
        state.runners.delete(runner.id);
        state.managers = state.managers.filter(({ runnerId }) => runnerId !== runner.id);
        return { status: 204 };
      },
    ],
    ['POST', /^\/api\/v4\/jobs\/request$/, (request) => requestJob(state, request)],
    ['PUT', /^\/api\/v4\/jobs\/(\d+)$/, (request) => updateJob(state, request)],
    ['PATCH', /^\/api\/v4\/jobs\/(\d+)\/trace$/, (request) => patchTrace(state, request)],
  ];
}

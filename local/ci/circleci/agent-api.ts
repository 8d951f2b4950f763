/**
 * What the stand-in agent talks to. The real agent's endpoints are not documented, so these are our own, but their
 * rules are the real ones: no registration, the first poll may claim; a task has a token of its own; one claim, one run.
 */
import { appendFileSync, existsSync, statSync, writeFileSync } from 'node:fs';
import { jsonBody, RequestError, type Route, type ServiceRequest } from '../../cloud/http-service';
import type { Job } from './jobs';
import { type CiState, classOfRunnerToken } from './state';

const bearer = (request: ServiceRequest) => request.headers.authorization?.replace(/^Bearer /, '');

function taskOf(state: CiState, request: ServiceRequest): Job {
  const job = state.queue.byToken(request.params[0] ?? '', bearer(request));
  if (!job) throw new RequestError(401, 'this token does not belong to this task');
  return job;
}

/** Appends from a byte offset, so that a chunk that is sent twice is written once. */
function appendLog(file: string, offset: number, text: string): number {
  const size = existsSync(file) ? statSync(file).size : 0;
  const chunk = Buffer.from(text, 'utf8');
  if (offset <= size && offset + chunk.length > size) appendFileSync(file, chunk.subarray(size - offset));
  return Math.max(size, Math.min(size, offset) + chunk.length);
}

export function agentRoutes(state: CiState): Route[] {
  return [
    [
      'POST',
      /^\/_agent\/claim$/,
      (request) => {
        const resourceClass = classOfRunnerToken(state, bearer(request));
        if (!resourceClass) throw new RequestError(401, 'no resource class has this token');
        const { name, version, claimId } = jsonBody(request);
        const now = state.now();
        const seen = new Date(now).toISOString();
        state.agents.set(String(name), {
          name: String(name),
          version: String(version),
          resourceClass,
          firstContact: state.agents.get(String(name))?.firstContact ?? seen,
          lastContact: seen,
          ip: request.from,
        });
        const claimed = state.queue.claimOf(resourceClass, String(name), String(claimId), now);
        if (!claimed) return { status: 204 };
        const { id, name: jobName, seconds, command, logFile } = claimed.job;
        if (!existsSync(logFile)) writeFileSync(logFile, '');
        return { status: 200, body: { id, token: claimed.token, name: jobName, seconds, command } };
      },
    ],
    [
      'POST',
      /^\/_agent\/tasks\/([^/]+)\/heartbeat$/,
      (request) => {
        const job = taskOf(state, request);
        if (job.state !== 'running') return { status: 410, body: { message: `the job is ${job.state}` } };
        state.queue.heard(job, state.now());
        return { status: 200, body: {} };
      },
    ],
    [
      'POST',
      /^\/_agent\/tasks\/([^/]+)\/output$/,
      (request) => {
        const job = taskOf(state, request);
        const offset = Number(request.query.get('offset') ?? 0);
        return { status: 200, body: { size: appendLog(job.logFile, offset, request.body) } };
      },
    ],
    [
      'POST',
      /^\/_agent\/tasks\/([^/]+)\/finish$/,
      (request) => {
        const job = taskOf(state, request);
        const { exitCode, reason } = jsonBody(request);
        state.queue.finish(
          job,
          typeof exitCode === 'number' ? exitCode : null,
          typeof reason === 'string' ? reason : null,
          state.now(),
        );
        return { status: 200, body: { state: job.state } };
      },
    ],
  ];
}

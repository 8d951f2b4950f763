/** Answers the stand-in Listener; what it may ask and hear is in agent-api.ts. */
import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import {
  type Handler,
  jsonBody,
  type Reply,
  type Route,
  type ServiceRequest,
} from '../../cloud/http-service';
import { bearerOf } from './access';
import { finish } from './jobs';
import { nextMessage } from './messages';
import { type Conclusion, type GithubState, isOnline, type Runner, runningJobOf } from './state';

const gone: Reply = {
  status: 401,
  body: { error: 'invalid_client', message: 'Registration was not found.' },
};
const CONCLUSIONS: Conclusion[] = ['success', 'failure', 'cancelled'];

const runnerOf = (state: GithubState, request: ServiceRequest): Runner | null => {
  const secret = bearerOf(request);
  return [...state.runners.values()].find((runner) => runner.secret === secret) ?? null;
};

const asRunner =
  (
    state: GithubState,
    handler: (runner: Runner, request: ServiceRequest) => Reply | Promise<Reply>,
    otherwise: Reply = gone,
  ): Handler =>
  (request) => {
    const runner = runnerOf(state, request);
    if (!runner) return otherwise;
    runner.heardAt = state.now();
    const job = runningJobOf(state, runner);
    if (job) state.queue.heard(job, state.now());
    return handler(runner, request);
  };

const refuseBroker = (status: number, errorKind: string, message: string): Reply => ({
  status,
  body: { source: 'actions-broker-listener', errorKind, message },
});

const isOlder = (one: string, other: string): boolean => {
  const [a, b] = [one, other].map((version) => version.split('.').map(Number));
  const differs = b?.findIndex((part, index) => part !== a?.[index]) ?? -1;
  return differs >= 0 && (a?.[differs] ?? 0) < (b?.[differs] ?? 0);
};

function createSession(state: GithubState, runner: Runner, request: ServiceRequest): Reply {
  const { agent } = jsonBody(request) as { agent?: { version?: unknown } };
  if (isOnline(state, runner))
    return { status: 409, body: { message: `The session of ${runner.name} is still alive.` } };
  runner.heardAt = state.now();
  runner.version = String(agent?.version ?? '');
  runner.session = randomUUID();
  return { status: 200, body: { sessionId: runner.session } };
}

async function getMessage(state: GithubState, runner: Runner, request: ServiceRequest): Promise<Reply> {
  const { query, left } = request;
  const version = query.get('runnerVersion') ?? runner.version ?? '';
  const { minimumVersion } = state;
  if (minimumVersion && isOlder(version, minimumVersion))
    return refuseBroker(
      403,
      'RunnerVersionTooOld',
      `Runner version v${version} is deprecated and cannot receive messages.`,
    );
  const said = await nextMessage(state, runner, {
    sessionId: query.get('sessionId') ?? '',
    isIdle: query.get('status') !== 'Busy',
    left,
  });
  if (said === 'no runner')
    return refuseBroker(404, 'RunnerNotFound', `Runner ${runner.name} was not found.`);
  if (said === 'no session') return { status: 410, body: { message: 'The session has ended.' } };
  return said ? { status: 200, body: said } : { status: 202 };
}

function finishJob(state: GithubState, runner: Runner, request: ServiceRequest): Reply {
  const job = runningJobOf(state, runner);
  if (!job || job.id !== request.params[0])
    return { status: 404, body: { message: 'The job is not of this runner.' } };
  const { result, exitCode, reason } = jsonBody(request);
  const conclusion = CONCLUSIONS.find((one) => one === result) ?? 'failure';
  finish(state, job, {
    conclusion,
    exitCode: typeof exitCode === 'number' ? exitCode : null,
    reason: typeof reason === 'string' ? reason : null,
  });
  // It was for one job.
  state.runners.delete(runner.id);
  state.bell.ring();
  return { status: 204 };
}

export function agentRoutes(state: GithubState): Route[] {
  return [
    [
      'POST',
      /^\/_agent\/session$/,
      (request) => {
        const runner = runnerOf(state, request);
        return runner ? createSession(state, runner, request) : gone;
      },
    ],
    [
      'DELETE',
      /^\/_agent\/session$/,
      asRunner(state, (runner) => {
        runner.session = null;
        state.bell.ring();
        return { status: 204 };
      }),
    ],
    [
      'GET',
      /^\/_agent\/message$/,
      asRunner(
        state,
        (runner, request) => getMessage(state, runner, request),
        refuseBroker(404, 'RunnerNotFound', 'The runner was not found.'),
      ),
    ],
    [
      'POST',
      /^\/_agent\/jobs\/([^/]+)\/log$/,
      asRunner(state, (runner, request) => {
        const job = runningJobOf(state, runner);
        if (!job || job.id !== request.params[0])
          return { status: 404, body: { message: 'The job is not of this runner.' } };
        appendFileSync(job.logFile, request.bytes);
        return { status: 204 };
      }),
    ],
    [
      'POST',
      /^\/_agent\/jobs\/([^/]+)\/finish$/,
      asRunner(state, (runner, request) => finishJob(state, runner, request)),
    ],
  ];
}

/** What `make local` and the tests use to play the people and the faults of a GitHub. No token: loopback only. */
import { jsonBody, type Reply, type Route, type ServiceRequest } from '../../cloud/http-service';
import { toOutage } from '../outage';
import { toFault } from './faults';
import { add } from './jobs';
import { runRoutes, text } from './runs-api';
import { applySetup, type Setup } from './setup';
import { type GithubState, nextId, type Token } from './state';
import { toRunnerView } from './views';

function revoke(state: GithubState, request: ServiceRequest): Reply {
  const { kind, token } = jsonBody(request) as { kind?: Token['kind']; token?: string };
  const revoked = [...state.tokens.values()].filter((one) => one.kind === kind || one.token === token);
  for (const one of revoked) state.tokens.delete(one.token);
  return { status: 200, body: revoked.length };
}

export function adminRoutes(state: GithubState): Route[] {
  const put = (name: string, handler: (request: ServiceRequest) => Reply): Route => [
    'PUT',
    new RegExp(`^/_local/${name}$`),
    handler,
  ];
  return [
    put('setup', (request) => {
      applySetup(state, jsonBody(request) as Setup);
      return { status: 204 };
    }),
    [
      'GET',
      /^\/_local\/app$/,
      () => ({
        status: 200,
        body: { appId: String(state.app.id), clientId: state.app.clientId, privateKey: state.app.privateKey },
      }),
    ],
    ['GET', /^\/_local\/jobs$/, () => ({ status: 200, body: state.queue.jobs })],
    [
      'POST',
      /^\/_local\/jobs$/,
      (request) => {
        const jobs = (jsonBody(request) as unknown as Record<string, unknown>[]).map((job) =>
          add(state, {
            ...job,
            repository: text(job.repository, ''),
            runId: typeof job.runId === 'number' ? job.runId : nextId(state),
            labels: Array.isArray(job.labels) ? job.labels.map(String) : ['self-hosted'],
            isHosted: false,
          }),
        );
        return { status: 201, body: jobs.map(({ id }) => id) };
      },
    ],
    ...runRoutes(state),
    [
      'GET',
      /^\/_local\/runners$/,
      () => ({
        status: 200,
        body: [...state.runners.values()].map((runner) => ({
          ...toRunnerView(state, runner),
          labels: runner.labels,
          repository: runner.repository,
        })),
      }),
    ],
    put('revoked', (request) => revoke(state, request)),
    put('faults', (request) => {
      state.faults = (jsonBody(request) as unknown as Record<string, unknown>[]).map(toFault);
      return { status: 204 };
    }),
    ['GET', /^\/_local\/faults$/, () => ({ status: 200, body: state.faults })],
    put('outage', (request) => {
      state.outage = toOutage(jsonBody(request));
      return { status: 204 };
    }),
  ];
}
